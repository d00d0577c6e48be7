/** `(one, two)` on one line where that fits, else an item a line. `last` is what stands behind the last item of several lines. */
export function enclose(open: string, items: readonly string[], close: string, { unit = "  ", last = ",", width = 88, padding = "" } = {}): string {
  if (items.length === 0) return open + close;
  const line = open + padding + items.join(", ") + padding + close;
  if (line.length <= width && !line.includes("\n")) return line;
  return `${open}\n${items.map((item) => indent(item, unit)).join(",\n")}${last}\n${close}`;
}

/** Every line with as much before it. */
export function indent(text: string, before: string): string {
  return text.replaceAll(/^(?=.)/gm, before);
}

/** JSON as it is written by hand. */
export function json(value: unknown): string {
  if (Array.isArray(value)) return enclose("[", value.map(json), "]", { last: "" });
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return enclose("{", Object.entries(value).map(([name, inner]) => `${JSON.stringify(name)}: ${json(inner)}`), "}", { last: "", padding: " " });
}

/** Lines without those that are left out. */
export function lines(...parts: readonly (string | false | undefined)[]): string {
  return parts.filter((part) => typeof part === "string").join("\n");
}
