import { expect, test } from "vitest";
import { Histogram } from "./histogram.ts";

const bounds = [0.01, 0.1, 1];

function histogramOf(...seconds: number[]): Histogram<"kind"> {
  const histogram = new Histogram("waits_seconds", "Waits.", ["kind"], bounds);
  for (const each of seconds) histogram.observe(each, "a");
  return histogram;
}

test("a bound belongs to its bucket; buckets are cumulative, the last has all", () => {
  const samples = [...histogramOf(0.01, 0.05, 5).samples()];
  expect(samples.map(({ suffix, labels: { le }, value }) => [suffix, le, value])).toEqual([
    ["_bucket", "0.01", 1],
    ["_bucket", "0.1", 2],
    ["_bucket", "1", 2],
    ["_bucket", "+Inf", 3],
    ["_sum", undefined, 5.06],
    ["_count", undefined, 3],
  ]);
});

test.each([
  { seconds: [0.02, 0.03], quantile: 0.5, expected: 0.055 },
  { seconds: [0.02, 0.03], quantile: 1, expected: 0.1 },
  { seconds: [0.005, 0.005, 0.5, 0.5], quantile: 0.75, expected: 0.55 },
  // Of what is larger than all bounds only that is known.
  { seconds: [7, 8], quantile: 0.99, expected: 1 },
])("the quantile $quantile of $seconds is $expected", ({ seconds, quantile, expected }) => {
  expect(histogramOf(...seconds).quantile(quantile)).toBeCloseTo(expected, 10);
});

test("of nothing there is no quantile", () => {
  expect(histogramOf().quantile(0.5)).toBeNull();
});

test("a quantile of one label value leaves the others out", () => {
  const histogram = histogramOf(0.005);
  histogram.observe(0.5, "b");
  expect(histogram.quantile(1, { label: "kind", value: "a" })).toBe(0.01);
  expect(histogram.quantile(1, { label: "kind", value: "none" })).toBeNull();
  expect(histogram.count({ label: "kind", value: "b" })).toBe(1);
});
