import { expect, test } from "vitest";
import { mayBreak, nextBreaking } from "./versions.ts";

test.each([
  ["0.1.0", "0.2.0"],
  ["0.9.3", "0.10.0"],
  ["0.1.0", "1.0.0"],
  ["1.4.2", "2.0.0"],
  ["1.4.2", "2.0.0-beta.1"],
])("what %s promised may be broken by %s", (before, after) => {
  expect(mayBreak(before, after)).toBe(true);
});

test.each([
  ["0.1.0", "0.1.0"],
  ["0.1.0", "0.1.1"],
  ["0.2.0", "0.1.9"],
  ["1.4.2", "1.5.0"],
  ["2.0.0", "1.9.0"],
  ["1.0.0", "0.9.0"],
])("what %s promised may not be broken by %s", (before, after) => {
  expect(mayBreak(before, after)).toBe(false);
});

test("the first version that may break is named", () => {
  expect(["0.1.0", "0.1.7", "1.4.2"].map(nextBreaking)).toEqual(["0.2.0", "0.2.0", "2.0.0"]);
});

test("what is no version is said", () => {
  expect(() => mayBreak("0.1", "0.2.0")).toThrow("`0.1` is no version.");
});
