import { expect, test } from "vitest";
import { conformanceJunit } from "./junit.ts";

test("whatever was answered, the XML is well formed: control characters and halves of pairs are replaced", () => {
  const fault = { rule: "schema" as const, expected: 'a "b" & <c>', got: "\u0000\ud800\uffff\n", request: "curl ']]>'" };
  const xml = conformanceJunit({ outcomes: [{ operationId: "chat", check: "examples", name: "agents", outcome: "failed", faults: [fault], durationMs: 12.4 }], notAllowed: [], leftBehind: [], durationMs: 1000 });
  expect(xml).toContain('message="expected a &#34;b&#34; &#38; &#60;c&#62;, got \ufffd\ufffd\ufffd&#10;"');
  expect(xml).toContain("']]&#62;'");
  expect(xml).toContain('<testsuites name="openclaw conformance" tests="1" failures="1" skipped="0" time="1.000">');
});
