/** Settings as the page shows them; the lines of faults are those of this form. */
export const formatJson = (value: unknown): string => JSON.stringify(value, null, 2);

/**
 * The line, counted from 0, that a JSON Pointer (RFC 6901) leads to in `formatJson(value)`; where it leads to nothing, because
 * something is missing, that of what is around it.
 */
export function lineOf(value: unknown, pointer: string): number {
  const steps = pointer.split("/").slice(1).map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  let line = 0;
  let at = value;
  for (const step of steps) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, step)) return line;
    const entries = Object.entries(at);
    const index = entries.findIndex(([name]) => name === step);
    line += 1 + entries.slice(0, index).reduce((lines, [, other]) => lines + formatJson(other).split("\n").length, 0);
    at = entries[index]![1];
  }
  return line;
}
