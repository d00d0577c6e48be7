import fc from "fast-check";
import pino from "pino";
import { expect, test, vi } from "vitest";
import { dayMs } from "../durations.ts";
import { createEvents } from "../events/service.ts";
import { createEventStore } from "../events/store.ts";
import { createEventWriter } from "../events/writer.ts";
import { testPrincipal } from "../keys/testing.ts";
import { costNanoUsd, createPrice } from "../providers/price.ts";
import { createRunStore, type FinishRun } from "../runs/store.ts";
import { newEnd, newRun } from "../runs/testing.ts";
import type { Database } from "../storage/database.ts";
import { temporaryDatabase } from "../storage/testing.ts";
import { createRollup } from "./rollup.ts";
import { createRollupStore } from "./rollup-store.ts";
import { createStats } from "./service.ts";
import { createStatsStore } from "./store.ts";

const log = pino({ level: "silent" });
const today = 20_000;
const everybody = testPrincipal();

async function gateway() {
  const database = await temporaryDatabase();
  const writer = createEventWriter({ database });
  const runs = createRunStore({ database, events: writer });
  const events = await createEventStore({ database });
  /** As a start of the gateway makes it. */
  const start = (on: Database = database, delayMs = 60_000) => createRollup({ store: createRollupStore({ database: on }), events, writer, log, delayMs });
  const statsOf = (rollup: ReturnType<typeof start>) => createStats({ store: createStatsStore({ database }), rollup, workspaces: { getFor: async () => undefined as never } });
  async function turn(run: Parameters<typeof newRun>[0], end: Partial<FinishRun>): Promise<void> {
    const made = newRun(run);
    await runs.begin({ run: made, session: null, userMessage: null });
    await runs.finish(newEnd(made, end));
  }
  return { database, writer, events, start, statsOf, turn };
}

const period = { from: today - 5, to: today, workspaceId: undefined };

const price = createPrice({ input: 0.15, output: 0.6 });
const turns = fc.array(
  fc.record({
    day: fc.integer({ min: today - 7, max: today + 1 }),
    workspaceId: fc.constantFrom("a", "b", "a b"),
    // One that looks like a key's id, and one that is empty.
    userId: fc.constantFrom(null, "u1", "u2", "key_1", ""),
    keyId: fc.constantFrom("key_1", "key_2"),
    model: fc.constantFrom(null, "m1", "m2"),
    status: fc.constantFrom("completed" as const, "failed" as const, "cancelled" as const),
    usage: fc.option(fc.record({ inputTokens: fc.nat(2_000_000), outputTokens: fc.nat(2_000_000) })),
    isPriced: fc.boolean(),
    latencyMs: fc.nat(700_000),
  }),
  { maxLength: 40 },
);
type Turn = (typeof turns) extends fc.Arbitrary<(infer One)[]> ? One : never;

const costOf = ({ usage, isPriced }: Turn) => (usage && isPriced ? { nanoUsd: costNanoUsd(price, usage), priceVersion: price.version } : null);

/** The same sums by going through the turns, in whole numbers of any size. */
function sumsOf(all: readonly Turn[]) {
  const sum = (value: (turn: Turn) => number) => Number(all.reduce((total, turn) => total + BigInt(value(turn)), 0n));
  return {
    turns: all.length,
    errors: sum(({ status }) => Number(status === "failed")),
    unpriced: sum(({ usage, isPriced }) => Number(usage !== null && !isPriced)),
    tokensIn: sum(({ usage }) => usage?.inputTokens ?? 0),
    tokensOut: sum(({ usage }) => usage?.outputTokens ?? 0),
    costNanoUsd: sum((turn) => costOf(turn)?.nanoUsd ?? 0),
  };
}

function timedSumsOf(all: readonly Turn[]) {
  const answered = all.filter(({ status }) => status === "completed");
  return { ...sumsOf(all), answered: answered.length, latencyMs: answered.reduce((sum, { latencyMs }) => sum + latencyMs, 0) };
}

const whoOf = ({ userId, keyId }: Turn) => (userId ? `user ${userId}` : `key ${keyId}`);
const uniqueUsers = (all: readonly Turn[]) => new Set(all.map(whoOf)).size;
const grouped = <Value>(all: readonly Turn[], by: (turn: Turn) => string, value: (own: Turn[]) => Value) => Object.fromEntries([...Map.groupBy(all, by)].map(([key, own]) => [key, value(own)]));
const keyed = <Row>(rows: readonly Row[], by: (row: Row) => string) => Object.fromEntries(rows.map((row) => [by(row), row]));

test("whatever is counted, in batches of any size, over crashes in the middle of them: each turn once", async () => {
  const crashes = fc.array(fc.record({ most: fc.integer({ min: 1, max: 9 }), crashes: fc.boolean() }), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(turns, crashes, fc.nat(40), async (all, steps, already) => {
      const { database, events, start, statsOf, turn } = await gateway();
      const take = ({ day, usage, isPriced: _, ...one }: Turn, index: number) =>
        turn({ ...one, status: "running", latencyMs: null }, { status: one.status, model: one.model, usage, cost: costOf({ day, usage, isPriced: _, ...one }), latencyMs: one.latencyMs, finishedAt: day * dayMs + ((index * 7_919_000) % dayMs) });
      for (const [index, one] of all.slice(0, already).entries()) await take(one, index);
      for (const { most, crashes: isCrash } of steps) {
        // A crash comes when all of it is written and nothing is committed: the worst moment that there is.
        const crashing: Database = {
          ...database,
          run: (script) =>
            database.run(function* () {
              const value = yield* script();
              if (isCrash) throw new Error("the power is gone");
              return value;
            }),
        };
        await createRollupStore({ database: crashing }).countOn({ upTo: events.newest(), most }).catch(() => {});
      }
      for (const [index, one] of all.slice(already).entries()) await take(one, index);

      const stats = statsOf(start());
      const within = all.filter(({ day }) => day >= period.from && day <= period.to);
      const { totals, byDay, byModel } = await stats.get(everybody, period);
      expect(totals).toMatchObject({ ...timedSumsOf(within), uniqueUsers: uniqueUsers(within) });
      const ofDays = grouped(within, ({ day }) => `${day}`, timedSumsOf);
      expect(byDay).toEqual(Array.from({ length: 6 }, (_, index) => ({ day: period.from + index, ...(ofDays[period.from + index] ?? timedSumsOf([])) })));
      expect(keyed(byModel, ({ model }) => model)).toEqual(grouped(within, ({ model }) => model ?? "", (own) => ({ model: own[0]!.model ?? "", ...timedSumsOf(own) })));
      const byWorkspace = await stats.byWorkspace(everybody, { ...period, limit: 100 });
      expect(keyed(byWorkspace.workspaces, ({ workspaceId }) => workspaceId)).toEqual(grouped(within, ({ workspaceId }) => workspaceId, (own) => ({ workspaceId: own[0]!.workspaceId, ...timedSumsOf(own), uniqueUsers: uniqueUsers(own) })));
      const bound = await stats.byUser(testPrincipal({ workspaces: ["a"] }), { ...period, limit: 100 });
      const own = within.filter(({ workspaceId }) => workspaceId === "a");
      expect(bound.totals).toMatchObject({ ...timedSumsOf(own), uniqueUsers: uniqueUsers(own) });
      const byUser = keyed(bound.users, ({ userId, keyId }) => (userId === null ? `key ${keyId}` : `user ${userId}`));
      expect(byUser).toEqual(grouped(own, whoOf, (his) => ({ userId: his[0]!.userId || null, keyId: his[0]!.userId ? null : his[0]!.keyId, ...sumsOf(his) })));

      // What is stored beside the turns says the same.
      const rows = await database.kysely.selectFrom("runs").select(["cost_nano_usd", "price_version"]).execute();
      expect(rows.reduce((sum, row) => sum + (row.cost_nano_usd ?? 0), 0)).toBe(sumsOf(all).costNanoUsd);
      expect(new Set(rows.map((row) => row.price_version).filter((version) => version !== null)).size).toBeLessThanOrEqual(1);

      const latencies = within.filter(({ status }) => status === "completed").map(({ latencyMs }) => latencyMs).sort((a, b) => a - b);
      for (const percent of [50, 95, 99] as const) {
        const exact = latencies[Math.ceil((latencies.length * percent) / 100) - 1] ?? 0;
        expect(Math.abs(totals[`p${percent}`] - exact)).toBeLessThanOrEqual(1 + exact / 10);
      }
    }),
    { numRuns: 40 },
  );
});

test("several that count at once count each turn once", async () => {
  const { start, statsOf, turn } = await gateway();
  for (let index = 0; index < 300; index++) await turn({}, { finishedAt: today * dayMs });
  const answers = await Promise.all([start(), start()].flatMap((rollup) => [statsOf(rollup).get(everybody, period), statsOf(rollup).get(everybody, period)]));
  expect(answers.map(({ totals }) => totals.turns)).toEqual([300, 300, 300, 300]);
});

test("counts by itself a while after turns have ended, also those of before the start", async () => {
  const { database, start, turn } = await gateway();
  const counted = async () => (await database.kysely.selectFrom("usage_days").select("turns").executeTakeFirst())?.turns ?? 0;
  await turn({}, { finishedAt: today * dayMs });
  const rollup = start(database, 1);
  await vi.waitFor(async () => expect(await counted()).toBe(1));
  await turn({}, { finishedAt: today * dayMs });
  await vi.waitFor(async () => expect(await counted()).toBe(2));
  await rollup.close();
});

test("old events are counted before they are deleted", async () => {
  const { database, writer, events, start, statsOf, turn } = await gateway();
  for (let index = 0; index < 120; index++) await turn({}, { finishedAt: today * dayMs });
  const rollup = start();
  const kept = createEvents({ store: events, writer, beforePruning: rollup.catchUp, workspaces: { getFor: async () => undefined as never }, log, now: () => (today + 3) * dayMs, retentionDays: 1 });
  await vi.waitFor(() => expect(events.oldest()).toBeNull());
  await kept.close();
  expect((await statsOf(rollup).get(everybody, period)).totals.turns).toBe(120);
  expect((await database.kysely.selectFrom("events").select("cursor").execute()).length).toBe(0);
});

test("what was closed does not say that all is counted", async () => {
  const { start, turn } = await gateway();
  const rollup = start();
  await rollup.close();
  await rollup.catchUp();
  await turn({}, { finishedAt: today * dayMs });
  await expect(rollup.catchUp()).rejects.toMatchObject({ code: "service_unavailable" });
});

test("a failure is not the end of it", async () => {
  const { database, events, start, turn } = await gateway();
  const failing = vi.spyOn(database, "run");
  const rollup = start(database);
  await turn({}, { finishedAt: today * dayMs });
  failing.mockRejectedValueOnce(new Error("the disk is full"));
  await expect(rollup.catchUp()).rejects.toThrow("the disk is full");
  await rollup.catchUp();
  expect(createRollupStore({ database }).cursor()).toBe(events.newest());
});
