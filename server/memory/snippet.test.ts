import fc from "fast-check";
import { expect, test } from "vitest";
import { snippetOf } from "./snippet.ts";
import { termsOf } from "./words.ts";

const snippet = (text: string, query: string) => snippetOf(text, termsOf(query));

test.each([
  ["The main repository is reviewed.", "repositories", "The main **repository** is reviewed."],
  ["明日は東京都に行く。", "東京都", "明日は**東京都**に行く。"],
  ["東京に行く", "京", "東**京に**行く"],
  ["Launch 🚀 now", "🚀", "Launch **🚀** now"],
  ["one\n\n two", "two", "one **two**"],
  ["nothing here", "else", "nothing here"],
])("of %j for %s is %j", (text, query, expected) => {
  expect(snippet(text, query)).toBe(expected);
});

test("of a long text is the place with the most of the terms", () => {
  const text = `anna ${"x ".repeat(500)}anna likes tea ${"y ".repeat(500)}`;
  const cut = snippet(text, "anna tea");
  expect(cut).toMatch(/^….*\*\*anna\*\* likes \*\*tea\*\*.*…$/);
  expect(cut.length).toBeLessThan(230);
});

test("of any text for any query is short, and has no half characters", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 2000 }), fc.string({ unit: "grapheme", maxLength: 20 }), (text, query) => {
      const cut = snippet(`${query} ${text}`, query);
      expect(cut.replaceAll("**", "").length).toBeLessThanOrEqual(400);
      expect(cut.isWellFormed()).toBe(true);
    }),
  );
});
