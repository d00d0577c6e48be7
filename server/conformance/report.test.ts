import { expect, test } from "vitest";
import { conformanceText } from "./report.ts";
import type { FoundFault, Outcome } from "./trials.ts";

const fault: FoundFault = { rule: "headers", expected: "the header X-Request-Id", got: "none", request: "curl -i 'http://127.0.0.1/'" };
const failed = (name: string, ...faults: FoundFault[]): Outcome => ({ operationId: "getStatus", check: "examples", name, outcome: "failed", faults, durationMs: 1 });
const textOf = (outcomes: Outcome[]) => conformanceText({ outcomes, notAllowed: [], leftBehind: [], durationMs: 10 });

test("a fault that comes again and again is shown whole three times, and counted at the end", () => {
  const other: FoundFault = { ...fault, rule: "status", expected: "200", got: "418" };
  const text = textOf([...["a", "b", "c", "d", "e"].map((name) => failed(name, fault)), failed("f", other)]);
  expect(text.match(/rule {6}headers: /g)).toHaveLength(3);
  expect(text.match(/as above {2}headers: the header X-Request-Id; got none/g)).toHaveLength(2);
  expect(text).toMatch(/What was wrong most often\n +5 × {2}headers: the header X-Request-Id\n\n0 passed, 6 failed/);
});

test("faults that are told whole are not told again", () => {
  expect(textOf([failed("a", fault), failed("b", fault)])).not.toContain("most often");
});
