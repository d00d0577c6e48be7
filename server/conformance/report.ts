import type { Conformance } from "./conformance.ts";
import { operationOf, type OperationId } from "./contract.ts";
import { rules, type Fault } from "./rules.ts";
import type { Outcome } from "./trials.ts";

/**
 * What people read: each operation with what failed and what was skipped, by edition; what was wrong most often; and the sum. A fault that
 * comes again and again is shown whole the first times only: a header that is never there would fill thousands of lines.
 */
export function conformanceText({ outcomes, notAllowed, leftBehind, durationMs }: Conformance): string {
  const lines: string[] = [];
  const shown = new Map<string, number>();
  for (const [edition, ids] of byEdition(outcomes)) {
    lines.push("", edition);
    for (const id of ids) lines.push(...operationLines(id, outcomes.filter(({ operationId }) => operationId === id), shown));
  }
  if (notAllowed.length > 0) {
    lines.push("", "Not tested, since the key lacks the permission");
    for (const { operationId, permission } of notAllowed) lines.push(`  ${operationId} (${permission})`);
  }
  if (leftBehind.length > 0) lines.push("", "Left behind, since it could not be deleted", ...leftBehind.map((what) => `  ${what}`));
  lines.push(...mostFrequent(outcomes));
  const { passed, failed, skipped } = countOutcomes(outcomes);
  lines.push("", `${passed} passed, ${failed} failed, ${skipped} skipped, ${notAllowed.length} operations not allowed, in ${(durationMs / 1000).toFixed(1)} s`, "");
  return lines.join("\n");
}

export function countOutcomes(outcomes: readonly Outcome[]): Record<Outcome["outcome"], number> {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { outcome } of outcomes) counts[outcome]++;
  return counts;
}

/** Operations of several editions stand with the first. */
function byEdition(outcomes: readonly Outcome[]): Map<string, OperationId[]> {
  const groups = new Map<string, OperationId[]>();
  for (const operationId of [...new Set(outcomes.map((outcome) => outcome.operationId))].sort()) {
    const name = operationOf(operationId).editions.join(", ") || "beyond the documents";
    groups.set(name, [...(groups.get(name) ?? []), operationId]);
  }
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What was wrong in many tests has one cause, most likely. */
function mostFrequent(outcomes: readonly Outcome[]): string[] {
  const alike = Map.groupBy(outcomes.flatMap(({ faults }) => faults), likenessOf);
  const often = [...alike].filter(([, faults]) => faults.length > mostShownWhole).sort(([, a], [, b]) => b.length - a.length);
  if (often.length === 0) return [];
  return ["", "What was wrong most often", ...often.slice(0, mostListed).map(([likeness, faults]) => `  ${String(faults.length).padStart(5)} ×  ${cut(likeness, 200)}`)];
}

const mostListed = 12;
const mostShownWhole = 3;

/** What came instead may have ids in it, or whole bodies; it is told with the faults that are shown. */
const likenessOf = ({ rule, expected }: Fault) => `${rule}: ${expected}`;

/** `shown` counts the faults of a likeness. */
function operationLines(id: OperationId, outcomes: readonly Outcome[], shown: Map<string, number>): string[] {
  const { method, path } = operationOf(id);
  const { passed, failed, skipped } = countOutcomes(outcomes);
  const sum = [`${passed} passed`, ...(failed > 0 ? [`${failed} failed`] : []), ...(skipped > 0 ? [`${skipped} skipped`] : [])].join(", ");
  const lines = [`  ${failed > 0 ? "✗" : "✓"} ${id}  ${method} ${path}  ${sum}`];
  for (const { check, name, outcome, reason, faults } of outcomes) {
    if (outcome === "skipped") lines.push(`      - ${check}: ${name}: skipped: ${reason}`);
    if (outcome !== "failed") continue;
    lines.push(`      ✗ ${check}: ${name}`);
    for (const fault of faults) {
      const { rule, expected, got, request } = fault;
      const count = (shown.get(likenessOf(fault)) ?? 0) + 1;
      shown.set(likenessOf(fault), count);
      if (count > mostShownWhole) lines.push(`          as above  ${cut(`${rule}: ${expected}; got ${got}`, 200)}`);
      else lines.push(`          rule      ${rule}: ${rules[rule]}`, `          sent      ${cut(request, 600)}`, `          expected  ${cut(expected, 600)}`, `          got       ${cut(got, 600)}`);
    }
  }
  return lines;
}

/** One line, and none too long. */
function cut(text: string, most: number): string {
  const line = text.replaceAll(/\p{Cc}+/gu, " ");
  return line.length > most ? `${line.slice(0, most)} …` : line;
}
