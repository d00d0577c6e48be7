import { expect, test } from "vitest";
import { boundedLabel } from "./bounded-label.ts";
import { Counter } from "./counter.ts";

test("adds up by labels, by one of them, and in all", () => {
  const counter = new Counter("things_total", "Things.", ["shape", "colour"]);
  counter.add(1, "round", "red");
  counter.add(2, "round", "blue");
  counter.add(4, "square", "red");
  counter.add(8, "round", "red");
  expect([...counter.samples()]).toContainEqual({ labels: { shape: "round", colour: "red" }, value: 9 });
  expect(counter.total()).toBe(15);
  expect(counter.totalsBy("colour")).toEqual({ red: 13, blue: 2 });
  expect(counter.totalsBy("colour", { label: "shape", value: "square" })).toEqual({ red: 4 });
});

test("without labels it is there from the beginning", () => {
  expect([...new Counter("things_total", "Things.").samples()]).toEqual([{ labels: {}, value: 0 }]);
});

test("of a label that others choose the first values stay, and nothing that is no short line", () => {
  const label = boundedLabel(2);
  expect(["a", "two\nlines", "x".repeat(201), "b", "c", "a", "b"].map(label)).toEqual(["a", "other", "other", "b", "other", "a", "b"]);
});
