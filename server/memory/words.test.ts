import { expect, test } from "vitest";
import { normalForm, termsOf, wordsOf } from "./words.ts";

const words = (text: string) => wordsOf(normalForm(text)).map(({ word }) => word);
const terms = (query: string) => termsOf(query).map(({ word, isPrefix }) => (isPrefix ? `${word}*` : word));

test.each([
  ["Café CRÈME, 3rd-party_key!", ["cafe", "creme", "3rd", "party", "key"]],
  ["cities classes boxes bus glass series", ["city", "classe", "boxe", "bus", "glass", "sery"]],
  ["東京都", ["東京", "京都", "都"]],
  ["GPUは速い", ["gpu", "は速", "速い", "い"]],
  ["ｶﾞｲﾄﾞ", ["ガイ", "イド", "ド"]],
  ["학교에서", ["학교", "교에", "에서", "서"]],
  ["हिन्दी", ["हिन्दी"]],
  ["ship 🚀🎉 it", ["ship", "🚀", "🎉", "it"]],
  ["Ёлка Άλφα", ["елка", "αλφα"]],
  [" \n*-\"'", []],
])("%s is %j", (text, expected) => {
  expect(words(text)).toEqual(expected);
});

test("says where each word stands", () => {
  const text = "a 🚀 東京 z";
  expect(wordsOf(text).map(({ start, end }) => text.slice(start, end))).toEqual(["a", "🚀", "東京", "京", "z"]);
});

test.each([
  ["What is the city of the cities?", ["city"]],
  ["what is it", ["what", "is", "it"]],
  ["京", ["京*"]],
  ["京都", ["京都"]],
  ["東京都", ["東京", "京都"]],
])("the query %s asks for %j", (query, expected) => {
  expect(terms(query)).toEqual(expected);
});

test("a query asks for no more than 24 terms, and of a word for no more than its beginning", () => {
  expect(termsOf(Array.from({ length: 5000 }, (_, index) => `x${index}`).join(" "))).toHaveLength(24);
  expect(termsOf("x".repeat(10_000))).toEqual([{ word: "x".repeat(64), isPrefix: false }]);
});
