import { sql } from "kysely";
import { expect, test } from "vitest";
import { temporaryDatabase } from "../storage/testing.ts";
import { createAuditStore, type AuditFilter, type AuditStore } from "./store.ts";
import { testCall } from "./testing.ts";

async function stored(count: number, of: (index: number) => Parameters<typeof testCall>[0] = () => ({})) {
  const database = await temporaryDatabase();
  const store = createAuditStore({ database });
  await store.insert(Array.from({ length: count }, (_, index) => testCall({ at: 1_000 + index, ...of(index) })));
  return { database, store };
}

/** The times of all pages, and how many pages it took. */
async function all(store: AuditStore, filter: Omit<AuditFilter, "cursor">): Promise<{ ats: number[]; pages: number }> {
  const ats: number[] = [];
  let cursor: string | undefined;
  for (let pages = 1; ; pages++) {
    const { items, nextCursor } = await store.list({ ...filter, cursor });
    ats.push(...items.map(({ at }) => at));
    if (nextCursor === null) return { ats, pages };
    cursor = nextCursor;
  }
}

test("an entry comes back as it was written, with an id", async () => {
  const { store } = await stored(0);
  const call = testCall({ keyId: null, address: null, operation: null, object: "a/b", status: 429, complete: false, times: 7 });
  await store.insert([call]);
  expect((await store.list({ limit: 5 })).items).toEqual([{ ...call, id: expect.stringMatching(/^audit_/) }]);
});

test.each([1, 7, 16, 40, 100])("by pages of %i: all of them, the newest first, those of one millisecond in the order they came", async (limit) => {
  const { store } = await stored(40, (index) => ({ at: Math.floor(index / 3), durationMs: index }));
  const durations: number[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.list({ limit, cursor });
    durations.push(...page.items.map(({ durationMs }) => durationMs));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(durations).toEqual(Array.from({ length: 40 }, (_, index) => 39 - index));
});

test("filters: by key, operation, status, from a moment on, before a moment", async () => {
  const { store } = await stored(20, (index) => ({ keyId: `key_${index % 2}`, operation: index % 3 === 0 ? "chat" : "listAgents", status: index % 5 === 0 ? 403 : 200 }));
  const ats = async (filter: Partial<AuditFilter>) => (await all(store, { limit: 3, ...filter })).ats.map((at) => at - 1_000);
  expect(await ats({ keyId: "key_1" })).toEqual([19, 17, 15, 13, 11, 9, 7, 5, 3, 1]);
  expect(await ats({ operation: "chat" })).toEqual([18, 15, 12, 9, 6, 3, 0]);
  expect(await ats({ status: 403, keyId: "key_0" })).toEqual([10, 0]);
  expect(await ats({ since: 1_005, until: 1_008 })).toEqual([7, 6, 5]);
  expect(await ats({ keyId: "nobody" })).toEqual([]);
});

test("a search for what is rare goes through everything, and gives way with a cursor before it takes too long", async () => {
  const rows = 205_000;
  const { store } = await stored(rows, (index) => ({ status: index % 100_000 === 3 ? 403 : 200 }));
  const first = await store.list({ limit: 20, status: 403 });
  expect(first.items.map(({ at }) => at - 1_000)).toEqual([200_003, 100_003]);
  expect(first.nextCursor).not.toBeNull();
  expect(await all(store, { limit: 20, status: 403 })).toEqual({ ats: [201_003, 101_003, 1_003], pages: 2 });
});

test("a cursor of another list is refused", async () => {
  const { store } = await stored(1);
  await expect(store.list({ limit: 1, cursor: "bm8" })).rejects.toMatchObject({ code: "bad_request" });
});

test("the oldest go first, as many as are asked for, and none that is younger", async () => {
  const { store } = await stored(10);
  expect(await store.deleteBefore(1_008, 5)).toBe(5);
  expect((await all(store, { limit: 20 })).ats).toEqual([1_009, 1_008, 1_007, 1_006, 1_005]);
  expect(await store.deleteBefore(1_008, 5)).toBe(3);
  expect(await store.deleteBefore(1_008, 5)).toBe(0);
});

test("no entry can be changed, and none of the last day deleted", async () => {
  const { database, store } = await stored(1);
  await store.insert([testCall({ at: Date.now() - 3_600_000 })]);
  const { kysely } = database;
  await expect(sql`update audit set status = 200`.execute(kysely)).rejects.toThrow("never changed");
  await expect(sql`delete from audit`.execute(kysely)).rejects.toThrow("kept for a day");
  await expect(store.deleteBefore(Date.now(), 10)).rejects.toThrow("kept for a day");
  expect((await all(store, { limit: 5 })).ats).toHaveLength(2);
});
