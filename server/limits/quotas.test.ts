import { describe, expect, test } from "vitest";
import { createMemoryLedger } from "../cluster/memory-ledger.ts";
import type { TokenHold, TurnBudget } from "../chat/turn.ts";
import { testPrincipal } from "../keys/testing.ts";
import type { ModelRequest } from "../providers/port.ts";
import type { LimitSettings } from "../settings/settings.ts";
import { createQuotas } from "./quotas.ts";

const noon = Date.UTC(2026, 10, 21, 12);
const midnight = Date.UTC(2026, 10, 22);

/** A question of ten tokens by the estimate. */
const question = (maxTokens?: number): ModelRequest => ({ model: "m", stream: false, messages: [{ role: "user", content: "x".repeat(24) }], ...(maxTokens === undefined ? {} : { maxTokens }) });

function quotasOf({ perKey = null, global = null, runs = [] }: { perKey?: number | null; global?: number | null; runs?: { keyId: string; tokens: number }[] } = {}) {
  const clock = { now: noon };
  const asked: number[] = [];
  const settings = (tokensPerDay: LimitSettings["tokensPerDay"]): LimitSettings => ({ global: null, perKey: null, owner: { maxRequests: 1, windowMs: 1000 }, tokensPerDay });
  const quotas = createQuotas({
    ledger: createMemoryLedger(),
    settings: settings({ global, perKey }),
    async usedSince(at) {
      asked.push(at);
      return runs;
    },
    now: () => clock.now,
  });
  const budgetOf = (keyId = "key_1", maxTokensPerDay: number | null = null): TurnBudget => quotas.budgetOf(testPrincipal({ keyId, maxTokensPerDay }))!;
  const hold = (maxTokens?: number, budget = budgetOf()): Promise<TokenHold> => budget.hold(question(maxTokens), () => "");
  return { quotas, budgetOf, hold, clock, asked, runs, use: (tokensPerDay: LimitSettings["tokensPerDay"]) => quotas.use(settings(tokensPerDay)) };
}

const usage = (tokens: number) => ({ inputTokens: 10, outputTokens: tokens - 10 });

describe("without a quota", () => {
  test("there is no budget, and nobody asks for what was used", () => {
    const { quotas, asked } = quotasOf();
    expect(quotas.budgetOf(testPrincipal())).toBeUndefined();
    expect(asked).toEqual([]);
  });
});

describe("a call", () => {
  test("may answer as much as it asks for, 8192 tokens when it asks for nothing, and never more than is left", async () => {
    const wide = quotasOf({ perKey: 100_000 });
    expect((await wide.hold(500)).maxTokens).toBe(500);
    expect((await wide.hold()).maxTokens).toBe(8192);
    const narrow = quotasOf({ perKey: 100 });
    expect((await narrow.hold()).maxTokens).toBe(90);
  });

  test("needs 16 tokens for its answer, or as few as it asks for itself", async () => {
    const enough = quotasOf({ perKey: 26 });
    expect((await enough.hold()).maxTokens).toBe(16);
    const few = quotasOf({ perKey: 25 });
    await expect(few.hold()).rejects.toMatchObject({ code: "rate_limited" });
    expect((await few.hold(5)).maxTokens).toBe(5);
  });

  test("that stands in the way of another holds it up for a second only; settled, it leaves the rest", async () => {
    const { hold } = quotasOf({ perKey: 100 });
    const first = await hold();
    await expect(hold()).rejects.toMatchObject({
      code: "rate_limited",
      retryAfterSeconds: 1,
      details: { scope: "tokens", limit: 100, used: 0, reserved: 100, resetAt: "2026-11-22T00:00:00.000Z" },
      message: expect.stringContaining("held for turns under way"),
    });
    first.settle(usage(30));
    expect((await hold()).maxTokens).toBe(60);
  });

  test("is settled once, although it is disposed of afterwards", async () => {
    const { hold } = quotasOf({ perKey: 100 });
    const first = await hold();
    first.settle(usage(30));
    first[Symbol.dispose]();
    expect((await hold()).maxTokens).toBe(60);
  });

  test("that fails before it says anything costs nothing; one that is cut off, its question and what it said", async () => {
    const { hold, budgetOf } = quotasOf({ perKey: 100 });
    (await hold())[Symbol.dispose]();
    const cut = await budgetOf().hold(question(), () => "y".repeat(20));
    cut[Symbol.dispose]();
    expect((await hold()).maxTokens).toBe(100 - 10 - 5 - 10);
  });
});

describe("a quota", () => {
  test("used up is refused until midnight UTC, and is whole again then", async () => {
    const { hold, clock } = quotasOf({ perKey: 100 });
    (await hold()).settle(usage(90));
    await expect(hold()).rejects.toMatchObject({ retryAfterSeconds: 43_200, details: { used: 90, reserved: 0 }, message: expect.stringContaining("midnight UTC") });
    clock.now = midnight - 1;
    await expect(hold()).rejects.toMatchObject({ retryAfterSeconds: 1 });
    clock.now = midnight;
    expect((await hold()).maxTokens).toBe(90);
  });

  test("of the day before is charged with what ends after midnight", async () => {
    const { hold, clock } = quotasOf({ perKey: 100 });
    const late = await hold();
    clock.now = midnight;
    late.settle(usage(100));
    expect((await hold()).maxTokens).toBe(90);
    clock.now = midnight - 1;
    await expect(hold()).rejects.toMatchObject({ details: { used: 100 } });
  });

  test("of the key comes before the one that every key has", async () => {
    const { hold, budgetOf } = quotasOf({ perKey: 100 });
    expect((await hold(undefined, budgetOf("key_1", 200))).maxTokens).toBe(190);
  });

  test("of all keys together holds for each of them, beside its own", async () => {
    const { hold, budgetOf } = quotasOf({ perKey: 100, global: 150 });
    (await hold(undefined, budgetOf("key_1"))).settle(usage(100));
    expect((await hold(undefined, budgetOf("key_2"))).maxTokens).toBe(40);
    await expect(hold(undefined, budgetOf("key_3"))).rejects.toMatchObject({ details: { limit: 150, used: 100, reserved: 50 }, message: expect.stringContaining("of all keys together") });
  });

  test("knows what the runs of the day have used, and asks for it once", async () => {
    const { hold, budgetOf, asked } = quotasOf({ perKey: 100, global: 200, runs: [{ keyId: "key_1", tokens: 40 }, { keyId: "key_9", tokens: 110 }] });
    expect((await hold()).maxTokens).toBe(40);
    await expect(hold(undefined, budgetOf("key_9"))).rejects.toMatchObject({ details: { used: 110 } });
    expect(asked).toEqual([Date.UTC(2026, 10, 21)]);
  });

  test("that changes holds from the next call on, and counts what was used before it", async () => {
    const { quotas, hold, budgetOf, use, runs } = quotasOf({ perKey: 100 });
    (await hold()).settle(usage(60));
    use({ global: null, perKey: 80 });
    await expect(hold()).rejects.toMatchObject({ details: { limit: 80, used: 60 } });
    // A key that nothing was counted for until now.
    runs.push({ keyId: "key_2", tokens: 70 });
    use({ global: null, perKey: 100 });
    expect((await hold(undefined, budgetOf("key_2"))).maxTokens).toBe(20);
    use({ global: null, perKey: null });
    expect(quotas.budgetOf(testPrincipal())).toBeUndefined();
  });

  test("is asked for again when the runs could not be read", async () => {
    const failing = [new Error("the database is busy")];
    const quotas = createQuotas({
      ledger: createMemoryLedger(),
      settings: { global: null, perKey: null, owner: { maxRequests: 1, windowMs: 1 }, tokensPerDay: { global: null, perKey: 100 } },
      async usedSince() {
        const failure = failing.pop();
        if (failure) throw failure;
        return [];
      },
      now: () => noon,
    });
    const budget = quotas.budgetOf(testPrincipal())!;
    await expect(budget.hold(question(), () => "")).rejects.toThrow("busy");
    expect((await budget.hold(question(), () => "")).maxTokens).toBe(90);
  });
});

test("however many ask at once, no two get the same tokens", async () => {
  const { hold } = quotasOf({ perKey: 1000 });
  const held = await Promise.allSettled(Array.from({ length: 50 }, () => hold(90)));
  expect(held.filter(({ status }) => status === "fulfilled")).toHaveLength(10);
});
