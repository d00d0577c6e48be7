import pino from "pino";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { testPrincipal } from "../keys/testing.ts";
import { createAudit, type AuditedCall } from "./service.ts";
import type { AuditFilter, AuditStore } from "./store.ts";
import { testCall } from "./testing.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] }));
afterEach(() => void vi.useRealTimers());

/** An audit log over a store that a test can break, whose batches and chunks it sees. */
function start({ retentionDays = null, old = 0 }: { retentionDays?: number | null; old?: number } = {}) {
  const batches: (readonly AuditedCall[])[] = [];
  const deleted: { before: number; count: number }[] = [];
  const logged: { msg: string; entries?: number }[] = [];
  const state = { isBroken: false, old, filters: [] as AuditFilter[] };
  const store: AuditStore = {
    async insert(calls) {
      if (state.isBroken) throw new Error("the disk is full");
      batches.push(calls);
    },
    async list(filter) {
      state.filters.push(filter);
      return { items: [], nextCursor: null };
    },
    async deleteBefore(before, most) {
      if (state.isBroken) throw new Error("the disk is full");
      const count = Math.min(most, state.old);
      state.old -= count;
      deleted.push({ before, count });
      return count;
    },
  };
  const log = pino({ level: "info" }, { write: (line: string) => void logged.push(JSON.parse(line) as { msg: string }) });
  const audit = createAudit({ store, log, now: () => 100 * 86_400_000, retentionDays });
  const written = () => batches.flat();
  return { audit, batches, deleted, logged, state, written };
}

const noteMany = (audit: ReturnType<typeof createAudit>, count: number, overrides: Partial<AuditedCall> = {}) => {
  for (let index = 0; index < count; index++) audit.note(testCall({ durationMs: index, ...overrides }));
};

describe("writing", () => {
  test("waits for 100 ms, and then writes all that has come", async () => {
    const { audit, batches } = start();
    noteMany(audit, 3);
    await vi.advanceTimersByTimeAsync(99);
    expect(batches).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(batches.map((batch) => batch.map(({ durationMs }) => durationMs))).toEqual([[0, 1, 2]]);
    await audit.close();
  });

  test("does not wait for more than 256, and takes no more at once", async () => {
    const { audit, batches } = start();
    noteMany(audit, 600);
    await vi.advanceTimersByTimeAsync(0);
    expect(batches.map(({ length }) => length)).toEqual([256, 256, 88]);
    await audit.close();
  });

  test("a change is written before anything else happens", async () => {
    const { audit, written } = start();
    await audit.noteChange(testCall({ operation: "deleteSession" }));
    expect(written()).toMatchObject([{ operation: "deleteSession" }]);
    await audit.close();
  });

  test("a change whose entry cannot be written is told loudly, and its entry tried again", async () => {
    const { audit, logged, state, written } = start();
    state.isBroken = true;
    await audit.noteChange(testCall({ operation: "deleteSession" }));
    expect(logged).toMatchObject([{ level: 50, call: { operation: "deleteSession" }, err: { message: "the disk is full" } }]);
    state.isBroken = false;
    await vi.advanceTimersByTimeAsync(100);
    expect(written()).toMatchObject([{ operation: "deleteSession" }]);
    await audit.close();
  });

  test("while the database is down entries are kept in their order, and one line says so", async () => {
    const { audit, logged, state, written } = start();
    state.isBroken = true;
    noteMany(audit, 300);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(logged.map(({ msg }) => msg)).toEqual([expect.stringContaining("cannot be written")]);
    state.isBroken = false;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(written().map(({ durationMs }) => durationMs)).toEqual(Array.from({ length: 300 }, (_, index) => index));
    await audit.close();
  });

  test("no more than 10,000 are kept; the rest is dropped and counted", async () => {
    const { audit, logged, state, written } = start();
    state.isBroken = true;
    noteMany(audit, 10_500);
    await vi.advanceTimersByTimeAsync(2_000);
    state.isBroken = false;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(written()).toHaveLength(10_000);
    expect(logged.at(-1)).toMatchObject({ entries: 500, msg: expect.stringContaining("lost") });
    await audit.close();
  });

  test("closing writes what is left", async () => {
    const { audit, written } = start();
    noteMany(audit, 300);
    audit.note(testCall({ status: 401, keyId: null }));
    audit.note(testCall({ status: 401, keyId: null }));
    await audit.close();
    expect(written()).toHaveLength(302);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("closing over a broken database says how many are lost, and ends", async () => {
    const { audit, logged, state } = start();
    state.isBroken = true;
    noteMany(audit, 3);
    await audit.close();
    expect(logged.at(-1)).toMatchObject({ entries: 3, msg: expect.stringContaining("lost") });
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("refusals that no limit bounds", () => {
  const refused = { status: 401, keyId: null, operation: "chat", object: "s1" };

  test("the first is an entry, the others of ten seconds are another with their number", async () => {
    const { audit, written } = start();
    noteMany(audit, 1_000, refused);
    await vi.advanceTimersByTimeAsync(100);
    expect(written()).toMatchObject([{ ...refused, times: 1 }]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(written().slice(1)).toMatchObject([{ ...refused, object: null, times: 999 }]);
    noteMany(audit, 1, refused);
    await vi.advanceTimersByTimeAsync(100);
    expect(written()).toHaveLength(3);
    await audit.close();
  });

  test("each key, address, operation and status has its own", async () => {
    const { audit, written } = start();
    const kinds = [refused, { ...refused, address: "10.0.0.1" }, { ...refused, operation: "listAgents" }, { ...refused, status: 403 }, { ...refused, status: 429 }, { ...refused, status: 429, keyId: "key_1" }, { ...refused, status: 429, keyId: "key_2" }];
    for (const kind of [...kinds, ...kinds]) noteMany(audit, 1, kind);
    await audit.close();
    expect(written()).toHaveLength(2 * kinds.length);
    expect(written().every(({ times }) => times === 1)).toBe(true);
  });

  test("a thousand addresses write 33 entries, and none is left out of the count", async () => {
    const { audit, written } = start();
    for (let index = 0; index < 1_000; index++) noteMany(audit, 1, { ...refused, address: `2001:db8::${index}` });
    await audit.close();
    expect(written()).toHaveLength(33);
    expect(written().at(-1)).toMatchObject({ status: 401, address: null, operation: null, object: null, times: 968 });
  });

  test("a valid key that lacks a permission is bound by its limit, and each call is an entry", async () => {
    const { audit, written } = start();
    noteMany(audit, 5, { status: 403, keyId: "key_1" });
    await audit.close();
    expect(written()).toHaveLength(5);
  });
});

describe("retention", () => {
  test("deletes in chunks at the start, and again each hour", async () => {
    const { audit, deleted, state } = start({ retentionDays: 90, old: 1_200 });
    await vi.waitFor(() => expect(deleted.map(({ count }) => count)).toEqual([500, 500, 200]));
    expect(deleted[0]?.before).toBe(10 * 86_400_000);
    state.old = 1;
    await vi.advanceTimersByTimeAsync(3_600_000);
    await vi.waitFor(() => expect(deleted.map(({ count }) => count)).toEqual([500, 500, 200, 1]));
    await audit.close();
  });

  test("deletes nothing where entries are kept for ever, until the settings say otherwise", async () => {
    const { audit, deleted } = start({ retentionDays: null, old: 10 });
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(deleted).toEqual([]);
    audit.use({ retentionDays: 7 });
    await vi.waitFor(() => expect(deleted).toEqual([{ before: 93 * 86_400_000, count: 10 }]));
    await audit.close();
  });

  test("a failure is told, and the next hour tries again", async () => {
    const { audit, deleted, logged, state } = start({ retentionDays: null, old: 10 });
    state.isBroken = true;
    audit.use({ retentionDays: 7 });
    await vi.waitFor(() => expect(logged).toMatchObject([{ msg: expect.stringContaining("could not be deleted") }]));
    state.isBroken = false;
    await vi.advanceTimersByTimeAsync(3_600_000);
    await vi.waitFor(() => expect(deleted).toHaveLength(1));
    await audit.close();
  });

  test("closing does not wait for all of it", async () => {
    const { audit, state } = start({ retentionDays: 1, old: 10_000_000 });
    await audit.close();
    expect(state.old).toBeGreaterThan(9_000_000);
  });
});

test("a key of some workspaces sees its own calls only", async () => {
  const { audit, state } = start();
  const bound = testPrincipal({ keyId: "key_team", workspaces: ["team"] });
  await audit.list(bound, { limit: 5 });
  await audit.list(bound, { limit: 5, keyId: "key_team" });
  expect(await audit.list(bound, { limit: 5, keyId: "key_other" })).toEqual({ items: [], nextCursor: null });
  await audit.list(testPrincipal(), { limit: 5 });
  expect(state.filters).toEqual([{ limit: 5, keyId: "key_team" }, { limit: 5, keyId: "key_team" }, { limit: 5 }]);
  await audit.close();
});
