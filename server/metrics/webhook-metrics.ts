import { gauge } from "./gauge.ts";
import type { MetricGroup } from "./port.ts";

/** What webhooks are still to get, and for how long it has waited. `queue` asks the database; when that does not answer, there are no samples. */
export function webhookQueue(queue: () => { depth: number; oldestAgeMs: number }): MetricGroup {
  const sampled = (figure: (state: { depth: number; oldestAgeMs: number }) => number) => () => {
    try {
      return [{ labels: {}, value: figure(queue()) }];
    } catch {
      return [];
    }
  };
  return [
    gauge("openclaw_webhook_deliveries_open", "Deliveries to webhooks that wait for an attempt, or have one under way.", sampled(({ depth }) => depth)),
    gauge("openclaw_webhook_oldest_delivery_age_seconds", "How long ago the oldest of them was made; 0 when there is none.", sampled(({ oldestAgeMs }) => oldestAgeMs / 1000)),
  ];
}
