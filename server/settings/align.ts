import { isDeepStrictEqual } from "node:util";

/**
 * For each item of an array that replaces another, the index of the old item that it comes from, or null for a new one. Equal
 * items find each other wherever they stand, as long as their order is the same; then objects with the same id, then those of one kind.
 */
export function align(old: readonly unknown[], next: readonly unknown[]): (number | null)[] {
  const isSameLength = old.length === next.length;
  return bestPairs(old.length, next.length, (i, j) => likeness(old[i], next[j]) || (isSameLength && i === j ? 0.5 : 0), equal);
}

/** More than this many comparisons take seconds. Then the sequences are paired place by place. */
const maxComparisons = 4_000_000;

/**
 * The pairs of two sequences, in order and without crossing, that score most together: for each of the second the index in
 * the first, or null. No pair scores more than `best`; those at both ends that do so need no search.
 */
export function bestPairs(oldCount: number, nextCount: number, score: (oldIndex: number, nextIndex: number) => number, best: number): (number | null)[] {
  const shorter = Math.min(oldCount, nextCount);
  let head = 0;
  while (head < shorter && score(head, head) === best) head++;
  let tail = 0;
  while (tail < shorter - head && score(oldCount - 1 - tail, nextCount - 1 - tail) === best) tail++;
  const [rows, columns] = [oldCount - head - tail, nextCount - head - tail];
  const middle = rows * columns > maxComparisons ? placeByPlace(rows, columns) : search(rows, columns, (i, j) => score(head + i, head + j));
  return Array.from({ length: nextCount }, (_, index) => {
    if (index < head) return index;
    if (index >= head + columns) return index - columns + rows;
    const found = middle[index - head] ?? null;
    return found === null ? null : found + head;
  });
}

function placeByPlace(oldCount: number, nextCount: number): (number | null)[] {
  return Array.from({ length: nextCount }, (_, index) => (index < oldCount ? index : null));
}

function search(oldCount: number, nextCount: number, score: (oldIndex: number, nextIndex: number) => number): (number | null)[] {
  const scores = Array.from({ length: oldCount }, (_, i) => Float64Array.from({ length: nextCount }, (_inner, j) => score(i, j)));
  // reach[i][j] is what those from i and from j on can score.
  const reach = Array.from({ length: oldCount + 1 }, () => new Float64Array(nextCount + 1));
  for (let i = oldCount - 1; i >= 0; i--) {
    for (let j = nextCount - 1; j >= 0; j--) {
      reach[i]![j] = Math.max(reach[i + 1]![j]!, reach[i]![j + 1]!, scores[i]![j]! + reach[i + 1]![j + 1]!);
    }
  }
  const pairs: (number | null)[] = [];
  for (let i = 0, j = 0; j < nextCount; ) {
    const pair = i < oldCount ? scores[i]![j]! : 0;
    if (pair > 0 && reach[i]![j] === pair + reach[i + 1]![j + 1]!) {
      pairs.push(i++);
      j++;
    } else if (i < oldCount && reach[i]![j] === reach[i + 1]![j]) i++;
    else {
      pairs.push(null);
      j++;
    }
  }
  return pairs;
}

const equal = 4;

function likeness(one: unknown, other: unknown): number {
  if (isDeepStrictEqual(one, other)) return equal;
  if (Array.isArray(one) || Array.isArray(other)) return Array.isArray(one) && Array.isArray(other) ? 1 : 0;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return 0;
  const id = (one as { id?: unknown }).id;
  return id !== undefined && id === (other as { id?: unknown }).id ? 3 : 1;
}
