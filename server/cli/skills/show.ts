import { isUsable, type Skill } from "../../skills/skill.ts";

const widestDescription = 60;

/** A table, one skill a line. */
export function showSkills(skills: readonly Skill[]): string {
  if (skills.length === 0) return "There is no skill yet.";
  const rows = [["NAME", "VERSION", "STATE", "WHAT IT IS FOR"], ...skills.map((skill) => [skill.name, skill.version ?? "-", state(skill), oneLine(skill.description)])].map((row) => row.map(printable));
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ").trimEnd()).join("\n");
}

function state(skill: Skill): string {
  if (isUsable(skill)) return "good";
  return skill.problem ?? `lacks ${skill.missing.join(", ")}`;
}

function oneLine(description: string): string {
  const line = description.replaceAll(/\s+/g, " ");
  return line.length > widestDescription ? `${line.slice(0, widestDescription - 1)}…` : line;
}

/** Without what a terminal would take for a command. */
const printable = (text: string) => text.replaceAll(/\p{Cc}/gu, "");
