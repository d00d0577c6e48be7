import { styleText } from "node:util";
import type { GroupedFinding } from "./run-checks.ts";

const marks = { ok: { sign: "✓", colour: "green" }, warning: { sign: "!", colour: "yellow" }, problem: { sign: "✗", colour: "red" } } as const;

/** What was found, to be read: by group, each with what to do about it. Coloured where `stream` is a terminal that wants it. */
export function report(findings: readonly GroupedFinding[], stream: NodeJS.WriteStream): string {
  const paint = (colour: Parameters<typeof styleText>[0], text: string): string => styleText(colour, text, { stream });
  const lines: string[] = [];
  for (const [group, members] of Map.groupBy(findings, ({ group }) => group)) {
    lines.push("", paint("bold", group));
    for (const { level, message, next } of members) {
      const { sign, colour } = marks[level];
      lines.push(`  ${paint(colour, sign)} ${message}`);
      if (next !== undefined) lines.push(`    ${paint("dim", `→ ${next}`)}`);
    }
  }
  return [...lines, "", summary(findings), ""].join("\n");
}

function summary(findings: readonly GroupedFinding[]): string {
  const { problems, warnings } = countOf(findings);
  if (problems + warnings === 0) return "Everything is fine.";
  return `${amount(problems, "problem")}, ${amount(warnings, "warning")}.`;
}

export function countOf(findings: readonly GroupedFinding[]): { problems: number; warnings: number } {
  const count = (level: GroupedFinding["level"]): number => findings.filter((finding) => finding.level === level).length;
  return { problems: count("problem"), warnings: count("warning") };
}

function amount(count: number, name: string): string {
  return `${count === 0 ? "no" : count} ${name}${count === 1 ? "" : "s"}`;
}
