/**
 * What the gateway may cost at most, in one place. `ratio` is gateway ÷ bare reference (for `access` ÷ what it is compared
 * with), which holds on any machine; `value` is absolute and meant for the two-core machine that the figures were agreed on.
 * Each key is the id under which the measure records its figure.
 */
export const targets: Readonly<Record<string, Target>> = {
  "json-32/cpu": { ratio: 1.6 },
  "sse-20/cpu": { ratio: 1.6 },
  "sse-200/cpu": { ratio: 1.6 },
  "access/share": { ratio: 0.15 },
  // No slower, but for the noise of the machine.
  "access/keys": { ratio: 1.1 },
  "start/answer": { value: 1200 },
  "start/idle-rss": { value: 130 },
  "memory/search-p50": { value: 30 },
  "stats/totals-p50": { value: 50 },
  "stats/workspaces-p50": { value: 50 },
  "stats/users-p50": { value: 50 },
  "idle/per-stream": { value: 60 },
  "sockets/per-socket": { value: 25 },
};

export type Target = { ratio: number } | { value: number };
