import { isDeepStrictEqual } from "node:util";

/**
 * For each item of an array that replaces another, the index of the old item that it comes from, or null for a new one. Equal
 * items find each other wherever they stand, as long as their order is the same; then objects with the same id, then those of one kind.
 */
export function align(old: readonly unknown[], next: readonly unknown[]): (number | null)[] {
  // best[i][j] is what the items from i and from j on can reach.
  const best = Array.from({ length: old.length + 1 }, () => new Float64Array(next.length + 1));
  const scores = old.map((one, i) => next.map((other, j) => likeness(one, other) || (old.length === next.length && i === j ? 0.5 : 0)));
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = next.length - 1; j >= 0; j--) {
      best[i]![j] = Math.max(best[i + 1]![j]!, best[i]![j + 1]!, scores[i]![j]! + best[i + 1]![j + 1]!);
    }
  }
  const origins: (number | null)[] = [];
  for (let i = 0, j = 0; j < next.length; ) {
    const score = i < old.length ? scores[i]![j]! : 0;
    if (score > 0 && best[i]![j] === score + best[i + 1]![j + 1]!) {
      origins.push(i++);
      j++;
    } else if (i < old.length && best[i]![j] === best[i + 1]![j]) i++;
    else {
      origins.push(null);
      j++;
    }
  }
  return origins;
}

function likeness(one: unknown, other: unknown): number {
  if (isDeepStrictEqual(one, other)) return 4;
  if (Array.isArray(one) || Array.isArray(other)) return Array.isArray(one) && Array.isArray(other) ? 1 : 0;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return 0;
  const id = (one as { id?: unknown }).id;
  return id !== undefined && id === (other as { id?: unknown }).id ? 3 : 1;
}
