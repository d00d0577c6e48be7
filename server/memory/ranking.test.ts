import { expect, test } from "vitest";
import { rank } from "./ranking.ts";

const dayMs = 24 * 3600 * 1000;
const now = 1000 * dayMs;

test("of two that fit alike the fresher comes first, and a month takes half of what age can take", () => {
  const ranked = rank([{ relevance: 2, at: 0 }, { relevance: 2, at: now - 30 * dayMs }, { relevance: 2, at: now }], now);
  expect(ranked.map(({ score }) => Number(score.toFixed(3)))).toEqual([1, 0.9, 0.8]);
});

test("freshness does not lift what fits badly over what fits well", () => {
  expect(rank([{ relevance: 1.5, at: now }, { relevance: 2, at: 0 }], now).map(({ relevance }) => relevance)).toEqual([2, 1.5]);
});

test("the clock set back, and no relevance at all, are no trouble", () => {
  expect(rank([{ relevance: 1, at: now + dayMs }], now)[0]?.score).toBe(1);
  expect(rank([{ relevance: 0, at: now }], now)[0]?.score).toBe(0);
  expect(rank([], now)).toEqual([]);
});
