import { expect, test } from "vitest";
import { retryAfterMs, waitMs } from "./retry.ts";

const wait = (failures: number, random: number, asked: number | null = null, backoffMs = 5000) => waitMs({ failures, backoffMs, retryAfterMs: asked, random: () => random });

test("the wait doubles with each failure, up to an hour", () => {
  expect([1, 2, 3, 4].map((failures) => wait(failures, 0.5))).toEqual([5000, 10_000, 20_000, 40_000]);
  expect(wait(20, 0.5)).toBe(3_600_000);
  expect(wait(20, 1)).toBe(3_600_000);
  expect(wait(20, 0)).toBe(2_880_000);
});

test("a fifth more or less is left to chance", () => {
  expect([wait(1, 0), wait(1, 1)]).toEqual([4000, 6000]);
  expect(wait(3, 0.5, null, 0)).toBe(0);
});

test("the endpoint may ask for longer, up to an hour, and not for less", () => {
  expect([wait(1, 0.5, 60_000), wait(1, 0.5, 86_400_000), wait(1, 0.5, 0)]).toEqual([60_000, 3_600_000, 5000]);
});

test("`Retry-After` has seconds or a date", () => {
  const now = Date.parse("2026-04-30T10:00:00Z");
  expect(["120", "Thu, 30 Apr 2026 10:01:00 GMT", "Thu, 30 Apr 2026 09:00:00 GMT", "soon", undefined].map((header) => retryAfterMs(header, now))).toEqual([120_000, 60_000, 0, null, null]);
});
