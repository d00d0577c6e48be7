import type { MetricFamily, Sample } from "./port.ts";

/** A figure that stands somewhere already, and is read when somebody asks. */
export function gauge(name: string, help: string, read: () => number | Iterable<Sample>): MetricFamily {
  return { name, help, type: "gauge", samples: () => asSamples(read()) };
}

/** A figure that is counted somewhere already. */
export function countedElsewhere(name: string, help: string, read: () => number | Iterable<Sample>): MetricFamily {
  return { name, help, type: "counter", samples: () => asSamples(read()) };
}

function asSamples(read: number | Iterable<Sample>): Iterable<Sample> {
  return typeof read === "number" ? [{ labels: {}, value: read }] : read;
}
