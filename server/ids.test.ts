import fc from "fast-check";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { idFloor, isLegalId, newId } from "./ids.ts";

describe("a new id", () => {
  afterEach(() => vi.useRealTimers());

  test("is its prefix and a UUID of version 7 without dashes", () => {
    expect(newId("msg")).toMatch(/^msg_[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
  });

  test("tells the millisecond it was made in", () => {
    const before = Date.now();
    const made = Number.parseInt(newId("run").slice(4, 16), 16);
    expect(made).toBeGreaterThanOrEqual(before);
    expect(made - Date.now()).toBeLessThanOrEqual(1);
  });

  test("sorts behind every one before it, thousands in a millisecond", () => {
    const ids = Array.from({ length: 50_000 }, () => newId("msg"));
    expect(ids).toEqual([...new Set(ids)].sort());
  });

  test("sorts behind those before it although the clock was set back", () => {
    vi.useFakeTimers({ now: Date.now() + 60_000 });
    const first = newId("msg");
    vi.setSystemTime(1000);
    const second = newId("msg");
    expect(second > first).toBe(true);
  });

  test("is one that the gateway takes", () => {
    expect(isLegalId(newId("call"))).toBe(true);
  });
});

test("a floor lies between the ids made before a time and those made from then on", () => {
  vi.useFakeTimers({ now: Date.now() + 60_000 });
  onTestFinished(() => void vi.useRealTimers());
  const before = newId("run");
  vi.advanceTimersByTime(1);
  const floor = idFloor("run", Date.now());
  expect(before < floor).toBe(true);
  expect(floor < newId("run")).toBe(true);
});

describe("a legal id", () => {
  test.each(["a", "session-001", "conv_123", "user@host:5.x", "x".repeat(128)])("%s", (id) => {
    expect(isLegalId(id)).toBe(true);
  });

  test.each(["", "x".repeat(129), "a b", "a/b", "ä", "a\n", "\na", null, undefined, 7, ["a"]])("is not %j", (value) => {
    expect(isLegalId(value)).toBe(false);
  });

  test("has none but the allowed characters", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(isLegalId(text)).toBe(text.length >= 1 && text.length <= 128 && text.replaceAll(/[\w.:@-]/g, "") === "");
      }),
    );
    expect.hasAssertions();
  });
});
