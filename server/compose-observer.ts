import type { Logger } from "pino";
import type { AppOptions } from "./http/app.ts";
import { createMetrics, type Metrics } from "./metrics/service.ts";
import { watchToolCalls } from "./metrics/tool-calls.ts";
import { turnsUnderWay } from "./metrics/turn-metrics.ts";
import type { Providers } from "./providers/registry.ts";
import type { Runs } from "./runs/service.ts";
import type { DatabaseOptions } from "./storage/database.ts";
import type { Tools } from "./tools/registry.ts";
import { createTracing } from "./tracing/service.ts";

/** Goes around the other rooms, so that what they do is counted and, where a collector is named, traced. */
export interface Observer {
  readonly metrics: Metrics;
  readonly http: Pick<AppOptions, "meter" | "trace">;
  readonly database: DatabaseOptions;
  runs(runs: Runs): Runs;
  providers(providers: Providers): Providers;
  tools(tools: Tools): Tools;
  /** Sends the last spans. */
  close(): Promise<void>;
}

/** Joins metrics and traces with what they watch. */
export async function composeObserver({ version, env, log }: { version: string; env: NodeJS.ProcessEnv; log: Logger }): Promise<Observer> {
  const metrics = createMetrics({ version });
  const tracing = await createTracing({ version, env, log });
  metrics.register(tracing.metrics);
  return {
    metrics,
    http: { meter: metrics.http, trace: tracing.requests },
    database: { onQuery: (kind, durationMs) => metrics.database.observe(durationMs / 1000, kind) },
    runs(runs) {
      metrics.register(turnsUnderWay(runs.counts));
      return tracing.runs(runs);
    },
    providers: tracing.providers,
    tools: (tools) => watchToolCalls(tracing.tools(tools), metrics.tools.ended),
    async close() {
      metrics.close();
      await tracing.close();
    },
  };
}
