import type { Conformance } from "./conformance.ts";
import { countOutcomes } from "./report.ts";
import type { Outcome } from "./trials.ts";

/** JUnit's XML, as CI systems read it: a suite for each operation, a case for each test. */
export function conformanceJunit({ outcomes, notAllowed, durationMs }: Conformance): string {
  const suites = Map.groupBy(outcomes, ({ operationId }) => operationId);
  const { failed, skipped } = countOutcomes(outcomes);
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="openclaw conformance" tests="${outcomes.length + notAllowed.length}" failures="${failed}" skipped="${skipped + notAllowed.length}" time="${seconds(durationMs)}">`,
    ...[...suites].flatMap(([operationId, all]) => suiteLines(operationId, all)),
    ...notAllowed.flatMap(({ operationId, permission }) => [
      `  <testsuite name="${operationId}" tests="1" failures="0" skipped="1" time="0.000">`,
      `    <testcase classname="${operationId}" name="allowed" time="0.000"><skipped message="${escaped(`the key lacks ${permission}`)}"/></testcase>`,
      "  </testsuite>",
    ]),
    "</testsuites>",
  ];
  return `${lines.join("\n")}\n`;
}

function suiteLines(operationId: string, outcomes: readonly Outcome[]): string[] {
  const { failed, skipped } = countOutcomes(outcomes);
  const durationMs = outcomes.reduce((sum, outcome) => sum + outcome.durationMs, 0);
  return [
    `  <testsuite name="${operationId}" tests="${outcomes.length}" failures="${failed}" skipped="${skipped}" time="${seconds(durationMs)}">`,
    ...outcomes.map((outcome) => `    <testcase classname="${operationId}" name="${escaped(`${outcome.check}: ${outcome.name}`)}" time="${seconds(outcome.durationMs)}"${caseEnd(outcome)}`),
    "  </testsuite>",
  ];
}

function caseEnd({ outcome, reason = "", faults }: Outcome): string {
  if (outcome === "passed") return "/>";
  if (outcome === "skipped") return `><skipped message="${escaped(reason)}"/></testcase>`;
  const [first] = faults;
  const text = faults.map(({ rule, request, expected, got }) => `rule: ${rule}\nsent: ${request}\nexpected: ${expected}\ngot: ${got}`).join("\n\n");
  return `><failure type="${first!.rule}" message="${escaped(`expected ${first!.expected}, got ${first!.got}`)}">${escaped(text)}</failure></testcase>`;
}

const seconds = (durationMs: number) => (durationMs / 1000).toFixed(3);

/** XML 1.0 has no word for most control characters, and none for half a surrogate pair. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/(?![\n\r\t])[\p{Cc}\ufffe\uffff]/gu, "\ufffd")
    .replaceAll(/[&<>"\n\r\t]/g, (character) => `&#${character.charCodeAt(0)};`);
}
