/** A family of metrics as a text has it. */
export interface ReadFamily {
  type: string;
  samples: { name: string; labels: Record<string, string>; value: number }[];
}

const sampleLine = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\+Inf|-Inf|NaN|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/;
const labelPair = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)/y;

/**
 * Reads Prometheus' text format 0.0.4 or OpenMetrics 1.0 and throws at whatever is not as they have it: lines, the order of
 * help, type and samples, suffixes, series that come twice, histograms that do not add up.
 */
export function readMetricsText(text: string, format: "prometheus" | "openmetrics"): Map<string, ReadFamily> {
  const isOpen = format === "openmetrics";
  if (!text.endsWith("\n")) throw new Error("the last line has no end");
  const lines = text.slice(0, -1).split("\n");
  if (isOpen && lines.pop() !== "# EOF") throw new Error("the last line is not # EOF");
  const families = new Map<string, ReadFamily>();
  const seen = new Set<string>();
  let current: { name: string; family: ReadFamily } | undefined;
  let helped = "";
  for (const line of lines) {
    const fault = (reason: string) => new Error(`${reason}: ${line}`);
    if (line === "") {
      if (isOpen) throw fault("an empty line");
      continue;
    }
    const [, help] = /^# HELP ([a-zA-Z_:][\w:]*) \S.*$/.exec(line) ?? [];
    if (help !== undefined) {
      if (families.has(help)) throw fault("a family comes twice");
      helped = help;
      continue;
    }
    const [, name, type] = /^# TYPE ([a-zA-Z_:][\w:]*) (counter|gauge|histogram)$/.exec(line) ?? [];
    if (name !== undefined && type !== undefined) {
      if (helped !== name) throw fault("a type without help");
      if (isOpen && name.endsWith("_total")) throw fault("in OpenMetrics the family of a counter has no suffix");
      families.set(name, { type, samples: [] });
      current = { name, family: families.get(name)! };
      continue;
    }
    const [, sample, labelText = "", value] = sampleLine.exec(line) ?? [];
    if (sample === undefined || value === undefined) throw fault("not a line of this format");
    if (!current || !namesOf(current.name, current.family.type, isOpen).includes(sample)) throw fault("a sample of another family");
    const labels = readLabels(labelText, fault);
    const series = sample + JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
    if (seen.has(series)) throw fault("a series comes twice");
    seen.add(series);
    current.family.samples.push({ name: sample, labels, value: value.endsWith("Inf") ? Number(`${value[0]}Infinity`) : Number(value) });
  }
  for (const [name, family] of families) if (family.type === "histogram") checkHistogram(name, family);
  return families;
}

function namesOf(name: string, type: string, isOpen: boolean): string[] {
  if (type === "histogram") return [`${name}_bucket`, `${name}_sum`, `${name}_count`];
  return [type === "counter" && isOpen ? `${name}_total` : name];
}

function readLabels(text: string, fault: (reason: string) => Error): Record<string, string> {
  const labels: Record<string, string> = {};
  labelPair.lastIndex = 0;
  while (labelPair.lastIndex < text.length) {
    const [, name, value] = labelPair.exec(text) ?? [];
    if (name === undefined || value === undefined) throw fault("labels that cannot be read");
    if (name in labels) throw fault("a label comes twice");
    labels[name] = value.replaceAll(/\\(.)/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped));
  }
  return labels;
}

/** Buckets are cumulative, in the order of their bounds; the last has all that were counted. */
function checkHistogram(name: string, { samples }: ReadFamily): void {
  const series = Map.groupBy(samples, ({ labels }) => JSON.stringify({ ...labels, le: "" }));
  for (const [labels, parts] of series) {
    const buckets = parts.filter((part) => part.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels: { le } }) => (le === "+Inf" ? Infinity : Number(le)));
    const isSorted = (numbers: number[]) => numbers.every((number, index) => index === 0 || number >= numbers[index - 1]!);
    const count = parts.find((part) => part.name === `${name}_count`)?.value;
    if (!isSorted(bounds) || !isSorted(buckets.map(({ value }) => value)) || bounds.at(-1) !== Infinity || buckets.at(-1)!.value !== count) throw new Error(`the buckets of ${name}${labels} do not add up`);
    if (!parts.some((part) => part.name === `${name}_sum`)) throw new Error(`${name}${labels} has no sum`);
  }
}
