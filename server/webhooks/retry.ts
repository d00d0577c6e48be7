const longestMs = 3_600_000;

/**
 * How long to wait after a failure, in milliseconds: `backoffMs`, doubled with each failure before it, a fifth more or less by chance,
 * so that deliveries that failed together do not all come back together. The endpoint's `Retry-After` may ask for longer; an hour is the most.
 */
export function waitMs({ failures, backoffMs, retryAfterMs, random = Math.random }: { failures: number; backoffMs: number; retryAfterMs: number | null; random?: () => number }): number {
  const full = Math.min(longestMs, backoffMs * 2 ** (failures - 1));
  const jittered = Math.round(full * (0.8 + 0.4 * random()));
  return Math.min(longestMs, Math.max(jittered, retryAfterMs ?? 0));
}

/** The wait that `Retry-After` asks for (RFC 9110, section 10.2.3: seconds, or a date), in milliseconds; null when it asks for none. */
export function retryAfterMs(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
