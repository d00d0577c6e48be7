import { expect, test } from "vitest";
import { formatJson, lineOf } from "./json-text.ts";

const settings = { a: { list: [{ id: 1 }, { id: 2, "x/y": { "m~n": true } }] }, empty: {}, none: [], b: "last" };
const textAt = (pointer: string) => formatJson(settings).split("\n")[lineOf(settings, pointer)]?.trim();

test("finds the line of each pointer", () => {
  expect(textAt("")).toBe("{");
  expect(textAt("/a/list")).toBe('"list": [');
  expect(textAt("/a/list/1/id")).toBe('"id": 2,');
  expect(textAt("/a/list/1/x~1y/m~0n")).toBe('"m~n": true');
  expect(textAt("/empty")).toBe('"empty": {},');
  expect(textAt("/none")).toBe('"none": [],');
  expect(textAt("/b")).toBe('"b": "last"');
});

test("of something that is missing, the line of what it is missing in", () => {
  expect(textAt("/a/list/0/name")).toBe("{");
  expect(lineOf(settings, "/a/list/0/name")).toBe(3);
  expect(textAt("/nowhere")).toBe("{");
});
