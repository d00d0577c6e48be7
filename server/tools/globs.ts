/** Whether any of the globs fits the name. `*` stands for any run of characters; everything else is itself. Compiles nothing. */
export function matchesAny(globs: readonly string[], name: string): boolean {
  return globs.some((glob) => matches(glob, name));
}

function matches(glob: string, name: string): boolean {
  if (glob === "*" || glob === name) return true;
  const parts = glob.split("*");
  const last = parts.length - 1;
  if (last === 0) return false;
  const [head = ""] = parts;
  const tail = parts[last] ?? "";
  if (!name.startsWith(head) || !name.endsWith(tail) || name.length < head.length + tail.length) return false;
  let at = head.length;
  for (const part of parts.slice(1, last)) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= name.length - tail.length;
}
