/**
 * The port to what is measured. A room that has something to show gives a group of families; each is read when somebody asks
 * for the metrics, and costs nothing in between. Names and units are by Prometheus' conventions: `openclaw_…`, seconds, bytes, counters end in `_total`.
 */
export interface MetricFamily {
  readonly name: string;
  /** One sentence for people. */
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  samples(): Iterable<Sample>;
}

export interface Sample {
  labels: Readonly<Record<string, string>>;
  value: number;
  /** What a sample of a histogram is of it: `_bucket`, `_sum` or `_count`. */
  suffix?: "_bucket" | "_sum" | "_count";
}

/** Families that belong together, in the order in which they are shown. */
export type MetricGroup = readonly MetricFamily[];
