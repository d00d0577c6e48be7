const firstMs = 1_000;
/** As long as a wait gets. */
export const longestMs = 60_000;

/** How long to wait before the next attempt: from one second, doubled with each, up to a minute. */
export interface Backoff {
  nextMs(): number;
  reset(): void;
}

/** Half of each wait is left to chance, so that many gateways do not all come back to a server at the same moment. */
export function createBackoff(random: () => number = Math.random): Backoff {
  let attempts = 0;
  return {
    nextMs() {
      const full = Math.min(longestMs, firstMs * 2 ** attempts);
      attempts = Math.min(attempts + 1, 16);
      return Math.max(firstMs, Math.round(full * (0.5 + random() / 2)));
    },
    reset() {
      attempts = 0;
    },
  };
}
