import { describe, expect, test } from "vitest";
import { fireAfter, firstFire, scheduleFault } from "./schedule.ts";

const instants = (schedule: string, timezone: string, from: string, count: number): string[] => {
  const found: string[] = [];
  for (let time: number | null = Date.parse(from); found.length < count; ) {
    time = fireAfter({ kind: "schedule", schedule, timezone }, time, time);
    if (time === null) break;
    found.push(new Date(time).toISOString());
  }
  return found;
};

describe("where the clocks change", () => {
  // Berlin goes from 02:00 to 03:00 on 29 March 2026 (01:00 UTC), and from 03:00 back to 02:00 on 25 October 2026 (01:00 UTC).
  test("a time that does not exist fires at the first moment after it, that day only", () => {
    expect(instants("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2)).toEqual(["2026-03-29T01:00:00.000Z", "2026-03-30T00:30:00.000Z"]);
  });

  test("and so does one of several", () => {
    expect(instants("30 2,14 * * *", "Europe/Berlin", "2026-03-28T22:00:00Z", 3)).toEqual(["2026-03-29T01:00:00.000Z", "2026-03-29T12:30:00.000Z", "2026-03-30T00:30:00.000Z"]);
  });

  test("a time that comes twice fires once", () => {
    expect(instants("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2)).toEqual(["2026-10-25T00:30:00.000Z", "2026-10-26T01:30:00.000Z"]);
  });

  test("even steps stay even", () => {
    expect(instants("*/30 * * * *", "Europe/Berlin", "2026-03-29T00:10:00Z", 3)).toEqual(["2026-03-29T00:30:00.000Z", "2026-03-29T01:00:00.000Z", "2026-03-29T01:30:00.000Z"]);
    expect(instants("*/30 * * * *", "Europe/Berlin", "2026-10-25T00:10:00Z", 4)).toEqual(["2026-10-25T00:30:00.000Z", "2026-10-25T01:00:00.000Z", "2026-10-25T01:30:00.000Z", "2026-10-25T02:00:00.000Z"]);
  });

  test("the day is that of the time zone", () => {
    expect(instants("0 9 * * MON", "Pacific/Auckland", "2026-06-01T00:00:00Z", 1)).toEqual(["2026-06-07T21:00:00.000Z"]);
  });
});

test("29 February waits for a leap year, over 2100 as well", () => {
  expect(instants("0 0 29 2 *", "UTC", "2026-03-01T00:00:00Z", 2)).toEqual(["2028-02-29T00:00:00.000Z", "2032-02-29T00:00:00.000Z"]);
  expect(instants("0 0 29 2 *", "UTC", "2096-03-01T00:00:00Z", 1)).toEqual(["2104-02-29T00:00:00.000Z"]);
});

test("six fields begin with seconds; names, the last day and nicknames are understood", () => {
  expect(instants("*/20 * * * * *", "UTC", "2026-01-01T00:00:00.500Z", 2)).toEqual(["2026-01-01T00:00:20.000Z", "2026-01-01T00:00:40.000Z"]);
  expect(instants("0 12 L FEB *", "UTC", "2026-01-01T00:00:00Z", 1)).toEqual(["2026-02-28T12:00:00.000Z"]);
  expect(instants("@daily", "UTC", "2026-01-01T00:00:00Z", 1)).toEqual(["2026-01-02T00:00:00.000Z"]);
});

describe("what is wrong with a schedule", () => {
  test.each(["0 0 30 2 *", "0 0 31 4,6,9,11 *"])("%s never fires", (schedule) => {
    expect(scheduleFault(schedule, "UTC")).toEqual({ field: "schedule", message: "never fires: there is no such day" });
  });

  test.each(["", "daily", "* * * *", "0 0 9 * * 1-5 2020", "2030-01-01T00:00:00", "99 * * * *", "* * 32 * *", "@nope", "@reboot", "a b c d e", "*/0 * * * *", "0 0 * * MON#6"])("%j is none", (schedule) => {
    expect(scheduleFault(schedule, "UTC")).toMatchObject({ field: "schedule", message: expect.stringMatching(/^(must have five fields|is no cron expression: )/) });
  });

  test.each(["Mars/Base", "", "Europe/Berlin; DROP"])("%j is no time zone", (timezone) => {
    expect(scheduleFault("* * * * *", timezone)).toMatchObject({ field: "timezone" });
  });

  test("nothing is wrong with a rare one", () => {
    expect(scheduleFault("0 0 29 2 *", "America/New_York")).toBeUndefined();
  });
});

describe("at and every", () => {
  test("a moment fires once, and never when it has been", () => {
    expect(firstFire({ kind: "at", at: 1000 }, 999)).toBe(1000);
    expect(firstFire({ kind: "at", at: 1000 }, 1000)).toBeNull();
    expect(fireAfter({ kind: "at", at: 1000 }, 1000, 1000)).toBeNull();
  });

  test("every stays in step with its first, whatever was missed", () => {
    const timing = { kind: "every", everyMs: 1000 } as const;
    expect(firstFire(timing, 500)).toBe(1500);
    expect(fireAfter(timing, 1500, 1500)).toBe(2500);
    expect(fireAfter(timing, 1500, 1501)).toBe(2500);
    expect(fireAfter(timing, 1500, 9700)).toBe(10_500);
  });
});
