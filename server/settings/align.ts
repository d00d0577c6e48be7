import { isDeepStrictEqual } from "node:util";

/**
 * For each item of an array that replaces another, the index of the old item that it comes from, or null for a new one. Equal
 * items find each other wherever they stand, as long as their order is the same; then objects with the same id, then those of one kind.
 */
export function align(old: readonly unknown[], next: readonly unknown[]): (number | null)[] {
  const isSameLength = old.length === next.length;
  return bestPairs(old.length, next.length, (i, j) => likeness(old[i], next[j]) || (isSameLength && i === j ? 0.5 : 0));
}

/** The pairs of two sequences, in order and without crossing, that score most together: for each of the second the index in the first, or null. */
export function bestPairs(oldCount: number, nextCount: number, score: (oldIndex: number, nextIndex: number) => number): (number | null)[] {
  // best[i][j] is what those from i and from j on can reach.
  const best = Array.from({ length: oldCount + 1 }, () => new Float64Array(nextCount + 1));
  const scores = Array.from({ length: oldCount }, (_, i) => Float64Array.from({ length: nextCount }, (_inner, j) => score(i, j)));
  for (let i = oldCount - 1; i >= 0; i--) {
    for (let j = nextCount - 1; j >= 0; j--) {
      best[i]![j] = Math.max(best[i + 1]![j]!, best[i]![j + 1]!, scores[i]![j]! + best[i + 1]![j + 1]!);
    }
  }
  const pairs: (number | null)[] = [];
  for (let i = 0, j = 0; j < nextCount; ) {
    const pair = i < oldCount ? scores[i]![j]! : 0;
    if (pair > 0 && best[i]![j] === pair + best[i + 1]![j + 1]!) {
      pairs.push(i++);
      j++;
    } else if (i < oldCount && best[i]![j] === best[i + 1]![j]) i++;
    else {
      pairs.push(null);
      j++;
    }
  }
  return pairs;
}

function likeness(one: unknown, other: unknown): number {
  if (isDeepStrictEqual(one, other)) return 4;
  if (Array.isArray(one) || Array.isArray(other)) return Array.isArray(one) && Array.isArray(other) ? 1 : 0;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return 0;
  const id = (one as { id?: unknown }).id;
  return id !== undefined && id === (other as { id?: unknown }).id ? 3 : 1;
}
