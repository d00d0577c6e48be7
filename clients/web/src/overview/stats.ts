import type { Schemas } from "../../../typescript/sdk/src/index.ts";

export type Stats = Schemas["Stats"];
/** What is counted of turns, and how long they took. */
export type Sums = Omit<Schemas["StatsOfDay"], "date">;

export type RunFinished = Schemas["RunFinishedData"];

/** The statistics with one more turn in them, as the gateway would have counted it. What takes all turns to know, such as percentiles, stays. */
export function withRun(stats: Stats, { usage, costUSD, status }: RunFinished, at: string): Stats {
  const date = at.slice(0, 10);
  if (date < stats.period.from || date > stats.period.to) return stats;
  const add = <Some extends Sums>(sums: Some): Some => ({
    ...sums,
    messages: sums.messages + 1,
    tokensIn: sums.tokensIn + (usage?.inputTokens ?? 0),
    tokensOut: sums.tokensOut + (usage?.outputTokens ?? 0),
    costUSD: sums.costUSD + (costUSD ?? 0),
    errors: sums.errors + (status === "failed" ? 1 : 0),
  });
  return { ...stats, totals: add(stats.totals), byDay: stats.byDay.map((day) => (day.date === date ? add(day) : day)) };
}

/** The first and last day of a period of so many days that ends today, in UTC. */
export function lastDays(count: number, now = Date.now()): { from: string; to: string } {
  const day = (at: number) => new Date(at).toISOString().slice(0, 10);
  return { from: day(now - (count - 1) * 86_400_000), to: day(now) };
}
