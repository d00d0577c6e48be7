import { labelled, seriesKey, type LabelValue } from "./counter.ts";
import type { MetricFamily, Sample } from "./port.ts";

interface Series {
  labels: Readonly<Record<string, string>>;
  /** How many fell into each bucket and into none below it; the last is what is larger than all bounds. */
  counts: number[];
  sum: number;
}

/** Seconds: from what a look-up takes to what a long answer does. */
const usualBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/** Durations by labels, in buckets; see Counter for why it is our own. */
export class Histogram<Label extends string = never> implements MetricFamily {
  readonly type = "histogram";
  readonly name: string;
  readonly help: string;
  readonly #labels: readonly Label[];
  readonly #bounds: readonly number[];
  readonly #series = new Map<string, Series>();

  /** `bounds` are seconds, the smallest first. */
  constructor(name: string, help: string, labels: readonly Label[] = [], bounds: readonly number[] = usualBounds) {
    this.name = name;
    this.help = help;
    this.#labels = labels;
    this.#bounds = bounds;
    if (labels.length === 0) this.#begin("", []);
  }

  /** Takes a duration into the series of these label values. */
  observe(seconds: number, ...values: string[]): void {
    const key = seriesKey(values);
    const series = this.#series.get(key) ?? this.#begin(key, values);
    let bucket = 0;
    while (bucket < this.#bounds.length && seconds > this.#bounds[bucket]!) bucket++;
    series.counts[bucket]!++;
    series.sum += seconds;
  }

  *samples(): Iterable<Sample> {
    for (const { labels, counts, sum } of this.#series.values()) {
      let count = 0;
      for (const [index, bound] of this.#bounds.entries()) yield { labels: { ...labels, le: String(bound) }, value: (count += counts[index]!), suffix: "_bucket" };
      count += counts.at(-1)!;
      yield { labels: { ...labels, le: "+Inf" }, value: count, suffix: "_bucket" };
      yield { labels, value: sum, suffix: "_sum" };
      yield { labels, value: count, suffix: "_count" };
    }
  }

  count(where?: LabelValue<Label>): number {
    return this.#counts(where).reduce((sum, count) => sum + count, 0);
  }

  /**
   * The seconds that the share `quantile` of all durations, or of those of one label value, took at most: as if they lay
   * evenly in their bucket, as Prometheus' `histogram_quantile` has it. Null while there are none.
   */
  quantile(quantile: number, where?: LabelValue<Label>): number | null {
    const counts = this.#counts(where);
    const rank = quantile * counts.reduce((sum, count) => sum + count, 0);
    if (rank === 0) return null;
    let below = 0;
    for (const [index, bound] of this.#bounds.entries()) {
      const count = counts[index]!;
      const lower = index === 0 ? 0 : this.#bounds[index - 1]!;
      if (below + count >= rank) return lower + ((bound - lower) * (rank - below)) / count;
      below += count;
    }
    return this.#bounds.at(-1)!;
  }

  #counts(where?: LabelValue<Label>): number[] {
    const sums = this.#none();
    for (const { labels, counts } of this.#series.values()) {
      if (where && labels[where.label] !== where.value) continue;
      for (const [index, count] of counts.entries()) sums[index]! += count;
    }
    return sums;
  }

  #begin(key: string, values: readonly string[]): Series {
    const series = { labels: labelled(this.#labels, values), counts: this.#none(), sum: 0 };
    this.#series.set(key, series);
    return series;
  }

  #none(): number[] {
    return Array.from({ length: this.#bounds.length + 1 }, () => 0);
  }
}
