import type { Logger } from "pino";
import type { MetricGroup } from "../metrics/port.ts";
import type { Providers } from "../providers/registry.ts";
import type { Runs } from "../runs/service.ts";
import type { Tools } from "../tools/registry.ts";
import { readOtlpSettings } from "./otlp-settings.ts";
import type { TraceRequest } from "./trace-requests.ts";

/**
 * Traces by OpenTelemetry's conventions: a request, its turn, the turn's model calls and tools. The rooms know nothing of
 * them: what they are handed is traced from outside. It speaks OTLP by itself: OpenTelemetry's SDK and exporter are
 * 60 packages, and patch what they watch.
 */
export interface Tracing {
  /** Goes around requests; absent while nothing is traced. */
  readonly requests?: TraceRequest;
  runs(runs: Runs): Runs;
  providers(providers: Providers): Providers;
  tools(tools: Tools): Tools;
  readonly metrics: MetricGroup;
  /** Sends what is left. */
  close(): Promise<void>;
}

const none: Tracing = { runs: (runs) => runs, providers: (providers) => providers, tools: (tools) => tools, metrics: [], async close() {} };

/** Traces when the environment names a collector; else nothing of it is loaded. */
export async function createTracing({ env, version, log }: { env: NodeJS.ProcessEnv; version: string; log: Logger }): Promise<Tracing> {
  let settings;
  try {
    settings = readOtlpSettings(env, version);
  } catch (err) {
    log.warn({ err }, "OTEL_EXPORTER_OTLP_ENDPOINT is no address such as http://127.0.0.1:4318; nothing is traced");
  }
  if (!settings) return none;
  const { startTracing } = await import("./start-tracing.ts");
  return startTracing(settings, log);
}
