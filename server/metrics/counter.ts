import type { MetricFamily, Sample } from "./port.ts";

interface Series {
  labels: Readonly<Record<string, string>>;
  value: number;
}

/** Chooses the series with one value of one label. */
export interface LabelValue<Label extends string> {
  label: Label;
  value: string;
}

/** Counts by labels. A count costs two look-ups and no object, a tenth of prom-client's own: a request makes several. */
export class Counter<Label extends string = never> implements MetricFamily {
  readonly type = "counter";
  readonly name: string;
  readonly help: string;
  readonly #labels: readonly Label[];
  readonly #series = new Map<string, Series>();

  constructor(name: string, help: string, labels: readonly Label[] = []) {
    this.name = name;
    this.help = help;
    this.#labels = labels;
    // What has no labels is there from the beginning, so that its first increase shows.
    if (labels.length === 0) this.add(0);
  }

  /** Adds to the series of these label values, which are in the order of the labels. Whoever calls bounds how many there can be. */
  add(amount: number, ...values: string[]): void {
    const key = seriesKey(values);
    const series = this.#series.get(key);
    if (series) series.value += amount;
    else this.#series.set(key, { labels: labelled(this.#labels, values), value: amount });
  }

  samples(): Iterable<Sample> {
    return this.#series.values();
  }

  /** The sum of all series. */
  total(): number {
    let sum = 0;
    for (const { value } of this.#series.values()) sum += value;
    return sum;
  }

  /** The sums by the values of one label; `where` leaves out what has another value of a second one. */
  totalsBy(label: Label, where?: LabelValue<Label>): Record<string, number> {
    const totals: Record<string, number> = {};
    for (const { labels, value } of this.#series.values()) {
      if (where && labels[where.label] !== where.value) continue;
      totals[labels[label]!] = (totals[labels[label]!] ?? 0) + value;
    }
    return totals;
  }
}

/** What finds a series. No label value has a line break in it: see boundedLabel. */
export function seriesKey(values: readonly string[]): string {
  return values.length === 1 ? values[0]! : values.join("\n");
}

export function labelled(names: readonly string[], values: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name, index) => [name, values[index]!]));
}
