import { boundedLabel } from "./bounded-label.ts";
import { Counter } from "./counter.ts";
import { gauge } from "./gauge.ts";
import { Histogram } from "./histogram.ts";
import type { MetricGroup } from "./port.ts";

export interface AnsweredRequest {
  /** Empty when no operation has the path. */
  operation: string;
  method: string;
  status: number;
  /** Whose request it was; empty when nobody's. */
  key: string;
  isStream: boolean;
  durationMs: number;
}

export interface HttpMetrics {
  answered(request: AnsweredRequest): void;
  streamOpened(): void;
  /** A request was turned away by a limit: that of its `key`, its `class`, `global`, its `address`, or of `tokens`. */
  refused(details: { scope?: unknown }): void;
  readonly requests: Counter<"operation" | "method" | "status" | "key">;
  readonly durations: Histogram<"operation">;
  readonly refusals: Counter<"limit">;
  readonly streams: { readonly open: number; readonly total: number };
  readonly group: MetricGroup;
}

/** What comes in by HTTP. */
export function createHttpMetrics(): HttpMetrics {
  const requests = new Counter("openclaw_http_requests_total", "Requests that were answered, by operation, method, status and label of the key.", ["operation", "method", "status", "key"]);
  const durations = new Histogram("openclaw_http_request_duration_seconds", "From a request's head to the end of its answer; streams are not in it.", ["operation"]);
  const refusals = new Counter("openclaw_http_requests_refused_total", "Requests that a limit or a quota turned away.", ["limit"]);
  const opened = new Counter("openclaw_http_streams_total", "Streams that were opened.");
  const keyLabel = boundedLabel();
  let open = 0;
  return {
    answered({ operation, method, status, key, isStream, durationMs }) {
      const name = operation === "" ? "none" : operation;
      requests.add(1, name, methods.has(method) ? method : "other", String(status), key === "" ? "none" : keyLabel(key));
      if (isStream) open--;
      else durations.observe(durationMs / 1000, name);
    },
    streamOpened() {
      open++;
      opened.add(1);
    },
    refused: ({ scope }) => refusals.add(1, typeof scope === "string" ? scope : "other"),
    requests,
    durations,
    refusals,
    streams: {
      get open() {
        return open;
      },
      get total() {
        return opened.total();
      },
    },
    group: [requests, durations, gauge("openclaw_http_streams_open", "Streams that are open.", () => open), opened, refusals],
  };
}

const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
