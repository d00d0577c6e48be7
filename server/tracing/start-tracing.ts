import type { Logger } from "pino";
import { countedElsewhere } from "../metrics/gauge.ts";
import { createSpanExporter } from "./exporter.ts";
import type { OtlpSettings } from "./otlp-settings.ts";
import type { Tracing } from "./service.ts";
import { traceProviders } from "./trace-providers.ts";
import { traceRequests } from "./trace-requests.ts";
import { traceRuns } from "./trace-runs.ts";
import { traceTools } from "./trace-tools.ts";
import { createTracer } from "./tracer.ts";

/** Traces, and sends the spans to the collector. */
export function startTracing(settings: OtlpSettings, log: Logger): Tracing {
  const exporter = createSpanExporter(settings, log);
  const tracer = createTracer(exporter.add);
  return {
    requests: traceRequests(tracer),
    runs: (runs) => traceRuns(runs, tracer),
    providers: (providers) => traceProviders(providers, tracer),
    tools: (tools) => traceTools(tools, tracer),
    metrics: [
      countedElsewhere("openclaw_trace_spans_exported_total", "Spans that the collector of traces has taken.", () => exporter.counts.exported),
      countedElsewhere("openclaw_trace_spans_dropped_total", "Spans that were dropped, since the collector of traces was away or refused them.", () => exporter.counts.dropped),
    ],
    close: exporter.close,
  };
}
