import { type Metric, Registry, type RegistryContentType } from "prom-client";
import type { MetricFamily, MetricGroup } from "./port.ts";

export type ExpositionFormat = "text/plain" | "application/openmetrics-text";

/**
 * The families as a text for Prometheus (its text format 0.0.4, or OpenMetrics 1.0). Each text has a registry of its own:
 * prom-client renames the counters of one that speaks OpenMetrics, for good.
 */
export function expose(groups: readonly MetricGroup[], format: ExpositionFormat): Promise<string> {
  const registry = new Registry<RegistryContentType>();
  if (format === "application/openmetrics-text") registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  for (const family of groups.flat()) registry.registerMetric(asMetric(family));
  return registry.metrics();
}

/** A registry asks no more of a metric. The rest of prom-client's are for being filled, which ours do at less cost. */
function asMetric(family: MetricFamily): Metric {
  const metric = {
    name: family.name,
    type: family.type,
    get() {
      const values = Array.from(family.samples(), ({ labels, value, suffix }) => ({ labels, value, ...(suffix && { metricName: family.name + suffix }) }));
      return Promise.resolve({ name: metric.name, help: family.help, type: family.type, values, aggregator: "sum" });
    },
  };
  return metric as unknown as Metric;
}
