import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestMock } from "../mock/start-own-mock.ts";
import { conformanceOf } from "./gateway.ts";

let mock: Awaited<ReturnType<typeof startTestMock>>;
beforeAll(async () => {
  mock = await startTestMock();
});
afterAll(() => mock.close());

test("`openclaw mock` conforms, but for what takes a memory, which is left out by name", { timeout: 120_000 }, async () => {
  const { outcomes, leftBehind } = await conformanceOf(mock.url, [], { isStateless: true });
  expect(outcomes.filter(({ outcome }) => outcome === "failed")).toEqual([]);
  expect(leftBehind).toEqual([]);
  const reasons = Map.groupBy(outcomes.filter(({ outcome }) => outcome === "skipped"), ({ check, reason }) => `${check}: ${reason}`);
  const lines = [...reasons].map(([reason, skipped]) => `${skipped.length} × ${reason}`);
  await expect(`${lines.sort().join("\n")}\n`).toMatchFileSnapshot("skipped-by-the-mock.txt");
});
