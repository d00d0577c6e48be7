import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { documentedPairs } from "../contract/operations.ts";
import { compareOpenPairs, goldenFile, openPairs } from "./open-pairs.ts";

// Whether the file agrees with a run is seen once all tests are over: see global-setup.ts.

test("open-pairs.txt lists pairs of the contract, each once, sorted", async () => {
  const lines = (await readFile(goldenFile, "utf8")).split("\n").slice(0, -1);
  expect(lines).toEqual([...new Set(lines)].sort());
  expect(lines.filter((pair) => !documentedPairs().includes(pair))).toEqual([]);
});

test("an answer that nobody has had is open, and a new hole and a closed one are both told", () => {
  const [first = "", second = "", ...rest] = documentedPairs();
  expect(openPairs(new Set([first, ...rest]))).toEqual([second]);
  expect(compareOpenPairs([first], [first])).toEqual([]);
  expect(compareOpenPairs([first], [second]).map((line) => line.split(":")[0])).toEqual([`+ ${first}`, `- ${second}`]);
});
