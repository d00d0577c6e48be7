import { expect, test } from "vitest";
import { testToolContext } from "../testing.ts";
import { createNowTool } from "./now.ts";

const now = (timezone?: string) => createNowTool({ now: () => Date.UTC(2026, 2, 29, 0, 59, 59) }).invoke(timezone === undefined ? {} : { timezone }, testToolContext());

test("tells the time, in UTC and elsewhere", async () => {
  expect(await now()).toBe("2026-03-29T00:59:59.000Z\nSunday, 29 March 2026 at 00:59:59 GMT+00:00 (UTC)");
  expect(await now("Europe/Berlin")).toBe("2026-03-29T00:59:59.000Z\nSunday, 29 March 2026 at 01:59:59 GMT+01:00 (Europe/Berlin)");
  expect(await now("America/New_York")).toContain("Saturday, 28 March 2026 at 20:59:59 GMT-04:00");
});

test("does not know every time zone", async () => {
  await expect(now("Mars/Olympus")).rejects.toThrow('There is no time zone "Mars/Olympus"');
});
