import { align } from "./align.ts";
import type { Piece } from "./json5-pieces.ts";

/** What becomes of an entry of a collection, or a new entry. */
export interface Step {
  /** Where it was; null when it is new. */
  piece: Piece | null;
  /** Null for an item. */
  key: string | null;
  value: unknown;
  isGone: boolean;
  /** It stays as it stands, whatever it says: a key that a later one overrides. */
  isKept: boolean;
}

/** How the old entries, in their order, and new ones make `value`. */
export function stepsOf(pieces: readonly Piece[], value: object): Step[] {
  return Array.isArray(value) ? stepsOfItems(pieces, value) : stepsOfMembers(pieces, value as Record<string, unknown>);
}

function stepsOfMembers(pieces: readonly Piece[], value: Record<string, unknown>): Step[] {
  const lasts = new Map(pieces.map((piece) => [piece.entry.key!, piece]));
  const old = pieces.map((piece) => {
    const key = piece.entry.key!;
    return { piece, key, value: value[key], isGone: !Object.hasOwn(value, key), isKept: lasts.get(key) !== piece };
  });
  const added = Object.entries(value).filter(([key]) => !lasts.has(key));
  return [...old, ...added.map(([key, inner]) => ({ piece: null, key, value: inner, isGone: false, isKept: false }))];
}

function stepsOfItems(pieces: readonly Piece[], value: readonly unknown[]): Step[] {
  const steps: Step[] = [];
  let passed = 0;
  const passTo = (index: number): void => {
    for (; passed < index; passed++) steps.push({ piece: pieces[passed]!, key: null, value: undefined, isGone: true, isKept: false });
  };
  for (const [index, origin] of align(pieces.map(({ entry }) => entry.node.value), value).entries()) {
    if (origin !== null) passTo(origin);
    steps.push({ piece: origin === null ? null : pieces[origin]!, key: null, value: value[index], isGone: false, isKept: false });
    if (origin !== null) passed = origin + 1;
  }
  passTo(pieces.length);
  return steps;
}
