import { expect, test } from "vitest";
import { rules } from "../../server/conformance/rules.ts";
import { conformanceOf, useConformingServer } from "./gateway.ts";
import { planted } from "./planted.ts";
import { startProxy } from "./proxy.ts";

// Our own gateway, with one thing made wrong in front of it: each is found by the check that is there for it, and nothing else is blamed.

const server = useConformingServer();

test.each(planted)("$name: found by $check, rule $rule", async ({ operation, check, rule, ...fault }) => {
  const url = await startProxy(server.gateway.url, fault);
  const { outcomes } = await conformanceOf(url, [operation], rule === "answer" ? { timeoutMs: 1000 } : {});
  const failed = outcomes.filter(({ outcome }) => outcome === "failed");
  const found = failed.flatMap((outcome) => outcome.faults.map((one) => `${outcome.operationId}: ${outcome.check}: ${one.rule}`));
  expect(found).toContain(`${operation}: ${check}: ${rule}`);
  const blamed = new Set(failed.flatMap(({ faults }) => faults.map((one) => one.rule)));
  expect([...blamed], JSON.stringify(failed.slice(0, 3), null, 1)).toEqual([rule]);
});

test("where nothing is planted, nothing is found", async () => {
  const url = await startProxy(server.gateway.url, {});
  const operations = planted.map(({ operation }) => operation).filter((id) => id !== "openSocket");
  const { outcomes } = await conformanceOf(url, operations);
  expect(outcomes.filter(({ outcome }) => outcome === "failed")).toEqual([]);
});

test("each rule is planted", () => {
  expect(Object.keys(rules).filter((rule) => !planted.some((one) => one.rule === rule))).toEqual([]);
});
