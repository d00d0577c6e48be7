import { boundedLabel } from "./bounded-label.ts";
import { Counter } from "./counter.ts";
import { Histogram } from "./histogram.ts";
import type { MetricGroup } from "./port.ts";

/** Calls of something that has a name: a provider, a tool. */
export interface CallMetrics<Label extends string> {
  /** A call of `name` has ended: `ok`, or with a word for what went wrong. */
  ended(name: string, outcome: string, durationMs: number): void;
  readonly calls: Counter<Label | "outcome">;
  readonly durations: Histogram<Label>;
  readonly group: MetricGroup;
}

/** `openclaw_<label>_calls_total` and `openclaw_<label>_call_duration_seconds`. */
export function createCallMetrics<Label extends string>(label: Label, what: string): CallMetrics<Label> {
  const calls = new Counter<Label | "outcome">(`openclaw_${label}_calls_total`, `Calls of ${what}, by outcome.`, [label, "outcome"]);
  const durations = new Histogram<Label>(`openclaw_${label}_call_duration_seconds`, `How long calls of ${what} took, to the end of the answer.`, [label]);
  const bounded = boundedLabel();
  return {
    ended(name, outcome, durationMs) {
      const value = bounded(name);
      calls.add(1, value, outcome);
      durations.observe(durationMs / 1000, value);
    },
    calls,
    durations,
    group: [calls, durations],
  };
}
