import { memoryUsage, uptime } from "node:process";
import type { components } from "../../generated/server/contract.ts";
import type { MetricsHandlers } from "../../generated/server/handlers.ts";
import type { RequestContext } from "../http/request-context.ts";
import { requireUnbound } from "../keys/principal.ts";
import type { Runs } from "../runs/service.ts";
import type { CallMetrics } from "./call-metrics.ts";
import type { LabelValue } from "./counter.ts";
import type { Histogram } from "./histogram.ts";
import type { Metrics } from "./service.ts";

type Schemas = components["schemas"];

/** The versions of the formats, as their media types name them. */
const formatVersions = { "text/plain": "0.0.4", "application/openmetrics-text": "1.0.0" } as const;

export function createMetricsHandlers({ metrics, runs }: { metrics: Metrics; runs: Pick<Runs, "counts"> }): MetricsHandlers<RequestContext> {
  return {
    async getMetrics(_request, context) {
      requireUnbound(context.principal, "Metrics");
      const format = context.prefers(["application/json", "text/plain", "application/openmetrics-text"]);
      if (format === "application/json") return { status: 200, body: encode(metrics, runs) };
      return { status: 200, contentType: format, formatVersion: formatVersions[format], text: await metrics.expose(format) };
    },
  };
}

function encode({ http, turns, providers, tools, database, process }: Metrics, runs: Pick<Runs, "counts">): Schemas["Metrics"] {
  const outcomes = turns.turns.totalsBy("outcome");
  const tokens = turns.tokens.totalsBy("direction");
  const lag = process.lag();
  return {
    uptime: Math.floor(uptime()),
    requests: { total: http.requests.total(), byStatus: http.requests.totalsBy("status"), refused: http.refusals.total() },
    latencyMs: percentiles(http.durations),
    streams: { open: http.streams.open, total: http.streams.total },
    turns: {
      total: turns.turns.total(),
      completed: outcomes["completed"] ?? 0,
      failed: outcomes["failed"] ?? 0,
      cancelled: outcomes["cancelled"] ?? 0,
      ...runs.counts(),
      latencyMs: percentiles(turns.durations),
      firstTokenMs: percentiles(turns.firstTokens),
    },
    tokens: { in: tokens["input"] ?? 0, out: tokens["output"] ?? 0 },
    costUSD: Math.round(turns.cost.total() * 1e9) / 1e9,
    providers: Object.fromEntries(Object.keys(providers.calls.totalsBy("provider")).map((name) => [name, encodeCalls(providers, { label: "provider", value: name })])),
    tools: encodeCalls(tools),
    database: { calls: database.count(), latencyMs: percentiles(database) },
    process: { memoryMB: Math.round(memoryUsage.rss() / 1024 / 1024), cpuSeconds: process.cpuSeconds(), eventLoopLagMs: lag && milliseconds(lag.p99) },
  };
}

/** Of all, or of one label value. */
function encodeCalls<Label extends string>({ calls, durations }: CallMetrics<Label>, where?: LabelValue<Label>): Schemas["CallMetrics"] {
  const outcomes = calls.totalsBy("outcome", where);
  const total = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  // Who leaves before the answer is there has not been failed by it.
  return { calls: total, errors: total - (outcomes["ok"] ?? 0) - (outcomes["cancelled"] ?? 0), latencyMs: percentiles(durations, where) };
}

function percentiles<Label extends string>(histogram: Histogram<Label>, where?: LabelValue<Label>): Schemas["Percentiles"] {
  const quantile = (share: number) => {
    const seconds = histogram.quantile(share, where);
    return seconds === null ? null : milliseconds(seconds);
  };
  return { p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) };
}

/** With three decimals: a microsecond is finer than any bucket. */
function milliseconds(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e3;
}
