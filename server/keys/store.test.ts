import { expect, test } from "vitest";
import { temporaryDatabase } from "../storage/testing.ts";
import { createKeyStore } from "./store.ts";
import { testKey } from "./testing.ts";

const store = async () => createKeyStore({ database: await temporaryDatabase() });

test("a key is found by its id and by the hash of its secret, with all that it was given", async () => {
  const keys = await store();
  const full = testKey({ owner: true, scopes: ["chat"], permissions: ["messages:read"], workspaces: [], rateLimit: 5, maxTokensPerDay: 9_007_199_254_740_991, expiresAt: Date.now() });
  await keys.insert(full);
  await keys.insert(testKey());
  expect([keys.findByHash(full.hash), keys.find(full.id)]).toEqual([full, full]);
  expect([keys.findByHash("another"), keys.find("another")]).toEqual([undefined, undefined]);
});

test("keys are listed by pages in the order they were made, and counted", async () => {
  const keys = await store();
  const [first, second, third] = [testKey(), testKey(), testKey()];
  for (const one of [third, first, second]) await keys.insert(one);
  expect(await keys.list({ after: "", limit: 2 })).toEqual([first, second]);
  expect(await keys.list({ after: second.id, limit: 2 })).toEqual([third]);
  expect(await keys.count()).toBe(3);
});

test("two keys of the same hash are a conflict", async () => {
  const keys = await store();
  await keys.insert(testKey({ hash: "h" }));
  await expect(keys.insert(testKey({ hash: "h" }))).rejects.toMatchObject({ code: "conflict" });
});

test("keys remember when they were used last; one that is gone does not matter", async () => {
  const keys = await store();
  const [one, other] = [testKey(), testKey()];
  await keys.insert(one);
  await keys.insert(other);
  await keys.touch([[one.id, 77], ["key_gone", 78], [other.id, 79]]);
  expect((await keys.list({ after: "", limit: 9 })).map(({ lastUsedAt }) => lastUsedAt)).toEqual([77, 79]);
});

test("a key is revoked once, and stays to be seen", async () => {
  const keys = await store();
  const one = testKey();
  await keys.insert(one);
  expect(await keys.revoke(one.id, 88)).toBe(true);
  expect(await keys.revoke(one.id, 99)).toBe(false);
  expect(await keys.revoke("key_none", 99)).toBe(false);
  expect(keys.find(one.id)).toEqual({ ...one, revokedAt: 88 });
});

test("a key takes another's place: the old one ends at once or later, or nothing happens", async () => {
  const keys = await store();
  const [old, next, third, fourth] = [testKey(), testKey(), testKey(), testKey()];
  await keys.insert(old);
  expect(await keys.replace(old.id, { at: 10, expiresAt: 20 }, next)).toBe(true);
  expect([keys.find(old.id), keys.find(next.id)]).toEqual([{ ...old, expiresAt: 20 }, next]);
  expect(await keys.replace(old.id, { at: 20, revokedAt: 20 }, third)).toBe(false);
  expect(await keys.replace(next.id, { at: 20, revokedAt: 20 }, third)).toBe(true);
  expect(await keys.replace(next.id, { at: 21, revokedAt: 21 }, fourth)).toBe(false);
  expect([keys.find(next.id)?.revokedAt, keys.find(fourth.id)]).toEqual([20, undefined]);
});
