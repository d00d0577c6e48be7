import { expect, test } from "vitest";
import { newId } from "../ids.ts";
import { temporaryDatabase } from "../storage/testing.ts";
import { createKeyStore, type KeyRecord } from "./store.ts";

function key(overrides: Partial<KeyRecord> = {}): KeyRecord {
  const id = newId("key");
  return {
    id,
    hash: `hash of ${id}`,
    label: "Laptop",
    prefix: "oc_tok_",
    lastFour: "abcd",
    owner: false,
    scopes: null,
    permissions: null,
    workspaces: null,
    rateLimit: null,
    maxTokensPerDay: null,
    expiresAt: null,
    createdAt: 1,
    lastUsedAt: null,
    revokedAt: null,
    ...overrides,
  };
}

const store = async () => createKeyStore({ database: await temporaryDatabase() });

test("a key is found by the hash of its secret, with all that it was given", async () => {
  const keys = await store();
  const full = key({ owner: true, scopes: ["chat"], permissions: ["messages:read"], workspaces: [], rateLimit: 5, maxTokensPerDay: 9_007_199_254_740_991, expiresAt: Date.now() });
  await keys.insert(full);
  await keys.insert(key());
  expect(await keys.findByHash(full.hash)).toEqual(full);
  expect(await keys.findByHash("another")).toBeUndefined();
});

test("keys are listed in the order they were made, and counted", async () => {
  const keys = await store();
  const all = [key(), key(), key()];
  for (const one of all.toReversed()) await keys.insert(one);
  expect(await keys.list()).toEqual(all);
  expect(await keys.count()).toBe(3);
});

test("two keys of the same hash are a conflict", async () => {
  const keys = await store();
  await keys.insert(key({ hash: "h" }));
  await expect(keys.insert(key({ hash: "h" }))).rejects.toMatchObject({ code: "conflict" });
});

test("a key remembers when it was used last", async () => {
  const keys = await store();
  const one = key();
  await keys.insert(one);
  await keys.touch(one.id, 77);
  expect(await keys.findByHash(one.hash)).toEqual({ ...one, lastUsedAt: 77 });
});

test("a key is revoked once, and stays to be seen", async () => {
  const keys = await store();
  const one = key();
  await keys.insert(one);
  expect(await keys.revoke(one.id, 88)).toBe(true);
  expect(await keys.revoke(one.id, 99)).toBe(false);
  expect(await keys.revoke("key_none", 99)).toBe(false);
  expect(await keys.list()).toEqual([{ ...one, revokedAt: 88 }]);
});
