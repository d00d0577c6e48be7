import { bestPairs } from "./align.ts";

/**
 * The changes that make `after` of `before`, made to `original`, which differs from `before` in white space and line breaks
 * alone: a merge of three texts by lines, where the changes win. Lines that have not changed are the original's.
 */
export function mergeLines(original: string, before: string, after: string): string {
  const [ours, base, theirs] = [original, before, after].map((text) => text.split("\n")) as [string[], string[], string[]];
  const inOurs = gapsOf(pairsOf(ours.map(squeeze), base.map(squeeze)), ours.length);
  const inTheirs = gapsOf(invert(pairsOf(base, theirs), base.length), theirs.length);
  const result: string[] = [];
  let last = { base: 0, ours: 0, theirs: 0 };
  for (let index = 0; index <= base.length; index++) {
    const [our, their] = [inOurs(index), inTheirs(index)];
    if (our === null || their === null) continue;
    // Between two places that all three texts have.
    const changed = theirs.slice(last.theirs, their.start);
    const isUnchanged = base.slice(last.base, index).join("\n") === changed.join("\n");
    result.push(...(isUnchanged ? ours.slice(last.ours, our.start) : changed));
    // What is added there comes before the original's further blank lines.
    result.push(...theirs.slice(their.start, their.end), ...ours.slice(our.start, our.end));
    last = { base: index, ours: our.end, theirs: their.end };
  }
  return result.join("\n");
}

function squeeze(line: string): string {
  return line.trim().replaceAll(/\s+/g, " ");
}

/** Where in another text is what stands before each line: from after the line before to the line itself; null where neither is there. */
function gapsOf(pairs: readonly (number | null)[], length: number): (index: number) => { start: number; end: number } | null {
  return (index) => {
    const before = index === 0 ? -1 : (pairs[index - 1] ?? null);
    const after = index === pairs.length ? length : (pairs[index] ?? null);
    if (before === null) return after === null ? null : { start: after, end: after };
    return { start: before + 1, end: after ?? before + 1 };
  };
}

function invert(pairs: readonly (number | null)[], length: number): (number | null)[] {
  const inverted = Array.from<number | null>({ length }).fill(null);
  for (const [index, origin] of pairs.entries()) if (origin !== null) inverted[origin] = index;
  return inverted;
}

/** For each line of `next` the equal one of `old`, or null. */
function pairsOf(old: readonly string[], next: readonly string[]): (number | null)[] {
  const pairs = bestPairs(old.length, next.length, (i, j) => (old[i] === next[j] ? 1 : 0), 1);
  return pairs.map((origin, index) => (origin !== null && old[origin] === next[index] ? origin : null));
}
