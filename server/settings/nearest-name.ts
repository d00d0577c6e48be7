/** The name that somebody may have meant; undefined when none is near. */
export function nearestName(written: string, names: readonly string[]): string | undefined {
  const reduced = reduce(written);
  const exact = names.find((name) => reduce(name) === reduced);
  if (exact !== undefined) return exact;
  // One typing error in short names, up to three in long ones.
  let best: { name: string; distance: number } | undefined;
  for (const name of names) {
    const distance = editDistance(reduced, reduce(name));
    const allowed = Math.min(3, Math.floor(Math.max(name.length, written.length) / 3));
    if (distance <= allowed && distance < (best?.distance ?? Infinity)) best = { name, distance };
  }
  return best?.name;
}

/** Case, `-` and `_` are how names of other conventions differ: `allowed_ips`, `max-steps`. */
const reduce = (name: string) => name.slice(0, 64).toLowerCase().replaceAll(/[-_]/g, "");

/** Damerau and Levenshtein's: insertions, deletions, replacements and swaps of neighbours. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let distance = Math.min(replaced, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) distance = Math.min(distance, (beforeLast[j - 2] ?? 0) + 1);
      row.push(distance);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
