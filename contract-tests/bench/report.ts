import type { Summary } from "./figures.ts";

/** The figures as a table for a terminal, a block for each group. */
export function renderTable(summaries: readonly Summary[], gatewayName: string): string {
  const lines = [row("", gatewayName, "reference", "ratio", "(range)", "target")];
  for (const [group, figures] of Map.groupBy(summaries, ({ group }) => group)) {
    lines.push("", group);
    for (const figure of figures) lines.push(figureRow(figure));
  }
  return lines.join("\n");
}

function figureRow({ label, unit, gateway, reference, ratio, ratioRange, target, met }: Summary): string {
  const hasReference = !Number.isNaN(ratio);
  const range = hasReference ? `(${ratioRange.map((value) => value.toFixed(2)).join("–")})` : "";
  const verdict = target === undefined ? "" : `${target}  ${met === true ? "met" : "MISSED"}`;
  return row(`  ${label}, ${unit}`, number(gateway), hasReference ? number(reference) : "", hasReference ? ratio.toFixed(2) : "", range, verdict);
}

function row(label: string, gateway: string, reference: string, ratio: string, range: string, target: string): string {
  const cells = [label.padEnd(36), gateway.padStart(11), reference.padStart(11), ratio.padStart(8), range.padStart(14), `  ${target}`];
  return cells.join("").trimEnd();
}

/** Three digits that matter, and no more. */
function number(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(digits).replace(/\B(?=(\d{3})+$)/g, digits === 0 ? "," : "");
}
