import { expect, test } from "vitest";
import type { Schemas } from "../../../typescript/sdk/src/index.ts";
import { lastDays, withRun } from "./stats.ts";

const none = { messages: 0, tokensIn: 0, tokensOut: 0, costUSD: 0, unpriced: 0, errors: 0, avgLatencyMs: 0 };
const stats: Schemas["Stats"] = {
  period: { from: "2026-04-01", to: "2026-04-02" },
  totals: { ...none, latencyMs: { p50: 0, p95: 0, p99: 0 }, uniqueUsers: 0 },
  byDay: [
    { date: "2026-04-01", ...none },
    { date: "2026-04-02", ...none },
  ],
  byModel: [],
};
const run = { usage: { inputTokens: 3, outputTokens: 4 }, costUSD: 0.5, status: "completed" } as Schemas["RunFinishedData"];

test("a turn is added to the sums and to its day", () => {
  const after = withRun(withRun(stats, run, "2026-04-02T23:59:59.999Z"), { ...run, status: "failed", usage: null, costUSD: null }, "2026-04-02T10:00:00Z");
  expect(after.totals).toMatchObject({ messages: 2, tokensIn: 3, tokensOut: 4, costUSD: 0.5, errors: 1 });
  expect(after.byDay).toMatchObject([{ messages: 0 }, { messages: 2 }]);
});

test("a turn of another day than those of the period changes nothing", () => {
  expect(withRun(stats, run, "2026-04-03T00:00:00Z")).toBe(stats);
});

test("a period ends today, in UTC, and has as many days as it says", () => {
  expect(lastDays(30, Date.parse("2026-03-01T00:00:00Z"))).toEqual({ from: "2026-01-31", to: "2026-03-01" });
});
