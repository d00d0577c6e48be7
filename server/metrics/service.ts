import { createCallMetrics, type CallMetrics } from "./call-metrics.ts";
import { createDatabaseMetrics, type DatabaseMetrics } from "./database-metrics.ts";
import type { ExpositionFormat } from "./exposition.ts";
import { createHttpMetrics, type HttpMetrics } from "./http-metrics.ts";
import type { MetricGroup } from "./port.ts";
import { createProcessMetrics, type ProcessMetrics } from "./process-metrics.ts";
import { createTurnMetrics, type TurnMetrics } from "./turn-metrics.ts";

/** What the gateway measures of itself: each part of it is handed to the room that it watches. */
export interface Metrics {
  readonly http: HttpMetrics;
  readonly turns: TurnMetrics;
  readonly providers: CallMetrics<"provider">;
  readonly tools: CallMetrics<"tool">;
  readonly database: DatabaseMetrics;
  readonly process: ProcessMetrics;
  /** Shows another room's figures too. */
  register(group: MetricGroup): void;
  /** All of it as a text for Prometheus. */
  expose(format: ExpositionFormat): Promise<string>;
  close(): void;
}

export function createMetrics({ version }: { version: string }): Metrics {
  const http = createHttpMetrics();
  const turns = createTurnMetrics();
  const providers = createCallMetrics("provider", "a model provider");
  const tools = createCallMetrics("tool", "a tool");
  const database = createDatabaseMetrics();
  const process = createProcessMetrics({ version });
  const groups: MetricGroup[] = [http.group, turns.group, providers.group, tools.group, [database], process.group];
  return {
    http,
    turns,
    providers,
    tools,
    database,
    process,
    register: (group) => void groups.push(group),
    async expose(format) {
      // prom-client is loaded when it is first wanted: most gateways are never scraped, and it takes memory.
      const { expose } = await import("./exposition.ts");
      return expose(groups, format);
    },
    close: () => process.close(),
  };
}
