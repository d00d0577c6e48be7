// What the handlers of all resources write alike.

/** Milliseconds since 1970 as RFC 3339 in UTC. */
export const instant = (epochMs: number): string => new Date(epochMs).toISOString();

export const instantOrNull = (epochMs: number | null): string | null => (epochMs === null ? null : instant(epochMs));

/** `nextCursor` only where there is a next page. */
export function nextCursor(cursor: string | null): { nextCursor?: string } {
  return cursor === null ? {} : { nextCursor: cursor };
}
