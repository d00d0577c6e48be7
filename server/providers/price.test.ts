import { expect, test } from "vitest";
import { costNanoUsd, createPrice } from "./price.ts";

test("a million tokens cost their price; a single one its part, in whole nano-dollars", () => {
  const price = createPrice({ input: 0.15, output: 0.6 });
  expect(costNanoUsd(price, { inputTokens: 1_000_000, outputTokens: 1_000_000 })).toBe(750_000_000);
  expect(costNanoUsd(price, { inputTokens: 1, outputTokens: 0 })).toBe(150);
  expect(costNanoUsd(createPrice({ input: 0.0375, output: 0 }), { inputTokens: 2, outputTokens: 9 })).toBe(75);
});

test("prices have the same version exactly when they are the same", () => {
  const versionOf = (input: number, output: number) => createPrice({ input, output }).version;
  expect(versionOf(3, 15)).toMatch(/^[0-9a-f]{8}$/);
  expect(versionOf(3.0, 15)).toBe(versionOf(3, 15));
  expect(new Set([versionOf(3, 15), versionOf(15, 3), versionOf(31, 5), versionOf(3.1, 5)]).size).toBe(4);
});
