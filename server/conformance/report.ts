import type { Conformance } from "./conformance.ts";
import { operationOf, type OperationId } from "./contract.ts";
import { rules } from "./rules.ts";
import type { Outcome } from "./trials.ts";

/** What people read: each operation with what failed and what was skipped, by edition, and the sum. */
export function conformanceText({ outcomes, notAllowed, leftBehind, durationMs }: Conformance): string {
  const lines: string[] = [];
  for (const [edition, ids] of byEdition(outcomes)) {
    lines.push("", edition);
    for (const id of ids) lines.push(...operationLines(id, outcomes.filter(({ operationId }) => operationId === id)));
  }
  if (notAllowed.length > 0) {
    lines.push("", "Not tested, since the key lacks the permission");
    for (const { operationId, permission } of notAllowed) lines.push(`  ${operationId} (${permission})`);
  }
  if (leftBehind.length > 0) lines.push("", "Left behind, since it could not be deleted", ...leftBehind.map((what) => `  ${what}`));
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

function operationLines(id: OperationId, outcomes: readonly Outcome[]): string[] {
  const { method, path } = operationOf(id);
  const { passed, failed, skipped } = countOutcomes(outcomes);
  const sum = [`${passed} passed`, ...(failed > 0 ? [`${failed} failed`] : []), ...(skipped > 0 ? [`${skipped} skipped`] : [])].join(", ");
  const lines = [`  ${failed > 0 ? "✗" : "✓"} ${id}  ${method} ${path}  ${sum}`];
  for (const { check, name, outcome, reason, faults } of outcomes) {
    if (outcome === "skipped") lines.push(`      - ${check}: ${name}: skipped: ${reason}`);
    if (outcome !== "failed") continue;
    lines.push(`      ✗ ${check}: ${name}`);
    for (const { rule, expected, got, request } of faults) {
      lines.push(`          rule      ${rule}: ${rules[rule]}`, `          sent      ${cut(request, 600)}`, `          expected  ${cut(expected, 600)}`, `          got       ${cut(got, 600)}`);
    }
  }
  return lines;
}

/** One line, and none too long. */
function cut(text: string, most: number): string {
  const line = text.replaceAll(/\p{Cc}+/gu, " ");
  return line.length > most ? `${line.slice(0, most)} …` : line;
}
