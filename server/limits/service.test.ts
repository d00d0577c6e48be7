import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createMemoryWindows } from "../cluster/memory-windows.ts";
import { testPrincipal } from "../keys/testing.ts";
import type { LimitSettings } from "../settings/settings.ts";
import { createLimits } from "./service.ts";

const start = Date.UTC(2026, 10, 21, 12, 0, 0, 250);
const settings: LimitSettings = { global: null, perKey: null, owner: { maxRequests: 600, windowMs: 60_000 }, tokensPerDay: { global: null, perKey: null } };

beforeEach(() => void vi.useFakeTimers({ now: start }));
afterEach(() => void vi.useRealTimers());

function limitsOf(some: Partial<LimitSettings> = {}) {
  return createLimits({ windows: createMemoryWindows(), settings: { ...settings, ...some }, now: Date.now });
}

describe("a key's window", () => {
  const key = testPrincipal({ rateLimitPerMinute: 3 });

  test("lets the last request in, refuses the next, and lets in whoever waits for the second that it names", async () => {
    const limits = limitsOf();
    const standings = [];
    for (let i = 0; i < 4; i++) standings.push(await limits.count(key, "default"));
    expect(standings.map(({ remaining, refusal }) => [remaining, refusal?.code])).toEqual([[2, undefined], [1, undefined], [0, undefined], [0, "rate_limited"]]);
    const { limit, resetsAt, refusal } = standings[3]!;
    expect([limit, resetsAt]).toEqual([3, start + 60_000]);
    expect(refusal).toMatchObject({ retryAfterSeconds: 60, details: { limit: 3, windowMs: 60_000, scope: "key" }, message: expect.stringMatching(/3 a minute.*in 60 s/) });

    vi.setSystemTime(Math.ceil(resetsAt / 1000) * 1000);
    expect(await limits.count(key, "default")).toMatchObject({ remaining: 2, refusal: null });
  });

  test("ends when it would have ended, whatever was refused in it: still refused a moment before, let in then", async () => {
    const limits = limitsOf();
    for (let i = 0; i < 100; i++) {
      await limits.count(key, "default");
      vi.advanceTimersByTime(500);
    }
    vi.setSystemTime(start + 59_999);
    expect((await limits.count(key, "default")).refusal).toMatchObject({ retryAfterSeconds: 1 });
    vi.setSystemTime(start + 60_000);
    expect(await limits.count(key, "default")).toMatchObject({ remaining: 2, refusal: null, resetsAt: start + 120_000 });
  });

  test("begins with the first request and not with the minute of the clock", async () => {
    const limits = limitsOf();
    vi.setSystemTime(start + 30_000);
    expect((await limits.count(key, "default")).resetsAt).toBe(start + 90_000);
  });

  test("is the key's own: another key has its own", async () => {
    const limits = limitsOf();
    for (let i = 0; i < 4; i++) await limits.count(key, "default");
    expect((await limits.count({ ...key, keyId: "key_2" }, "default")).refusal).toBeNull();
  });
});

describe("which limit holds", () => {
  const plain = testPrincipal();

  test.each([
    ["60 where nobody says otherwise", plain, {}, 60],
    ["the settings' for each key", plain, { perKey: { maxRequests: 5, windowMs: 1000 } }, 5],
    ["the key's own before the settings'", testPrincipal({ rateLimitPerMinute: 7 }), { perKey: { maxRequests: 5, windowMs: 1000 } }, 7],
    ["600 for the owner, whatever each key has", testPrincipal({ isOwner: true }), { perKey: { maxRequests: 5, windowMs: 1000 } }, 600],
    ["the one of all keys where it is the tightest", plain, { global: { maxRequests: 9, windowMs: 1000 } }, 9],
  ])("%s", async (_name, principal, some, limit) => {
    expect(await limitsOf(some).count(principal, "default")).toMatchObject({ limit, remaining: limit - 1 });
  });

  test.each([
    ["the class's in the place of the usual 60", plain, {}, "plain", 200],
    ["the class's for messages", plain, {}, "plain-messages", 100],
    ["the class's for tools", plain, {}, "plain-tools", 50],
    ["the class's for the owner, too", testPrincipal({ isOwner: true }), {}, "plain", 200],
    ["the key's own where it is the tighter", testPrincipal({ rateLimitPerMinute: 7 }), {}, "plain", 7],
    ["the settings' for each key where it is the tighter", plain, { perKey: { maxRequests: 60, windowMs: 60_000 } }, "plain", 60],
    ["the class's where the key has more", testPrincipal({ rateLimitPerMinute: 1000 }), {}, "plain-tools", 50],
  ] as const)("on the plain edition: %s", async (_name, principal, some, rateClass, limit) => {
    expect(await limitsOf(some).count(principal, rateClass)).toMatchObject({ limit, remaining: limit - 1 });
  });

  test("one request counts once in each window that applies, and the refusal names the one that is full", async () => {
    const limits = limitsOf({ global: { maxRequests: 51, windowMs: 60_000 } });
    for (let i = 0; i < 50; i++) await limits.count(plain, "plain-tools");
    const refused = await limits.count(plain, "plain-tools");
    expect(refused.refusal?.details).toEqual({ limit: 50, windowMs: 60_000, scope: "class" });
    // What a key is refused for itself takes nothing from the others.
    expect(await limits.count(testPrincipal({ keyId: "key_2" }), "default")).toMatchObject({ limit: 51, remaining: 0, refusal: null });
    expect((await limits.count(testPrincipal({ keyId: "key_2" }), "default")).refusal?.details).toEqual({ limit: 51, windowMs: 60_000, scope: "global" });
  });

  test("of two windows with as little left, the one that is over later is told", async () => {
    const limits = limitsOf({ perKey: { maxRequests: 1, windowMs: 1000 }, global: { maxRequests: 1, windowMs: 30_000 } });
    expect(await limits.count(plain, "default")).toMatchObject({ limit: 1, remaining: 0, resetsAt: start + 30_000 });
  });

  test("a window of another length than a minute is said in seconds", async () => {
    const limits = limitsOf({ perKey: { maxRequests: 1, windowMs: 500 } });
    await limits.count(plain, "default");
    expect((await limits.count(plain, "default")).refusal).toMatchObject({ message: expect.stringContaining("1 in 0.5 s"), retryAfterSeconds: 1 });
  });
});

test("other limits hold from the next request on, and what was counted stays counted", async () => {
  const limits = limitsOf();
  const key = testPrincipal();
  for (let i = 0; i < 10; i++) await limits.count(key, "default");
  limits.use({ ...settings, perKey: { maxRequests: 10, windowMs: 60_000 } });
  expect((await limits.count(key, "default")).refusal).toMatchObject({ code: "rate_limited" });
  limits.use({ ...settings, perKey: { maxRequests: 20, windowMs: 60_000 } });
  expect(await limits.count(key, "default")).toMatchObject({ limit: 20, remaining: 8, refusal: null });
});
