import { describe, expect, test } from "vitest";
import type { ConfiguredKey } from "../settings/settings.ts";
import { temporaryDatabase } from "../storage/testing.ts";
import { createAuthentication } from "./authentication.ts";
import { owner } from "./key.ts";
import { createLastUse } from "./last-use.ts";
import type { Principal } from "./principal.ts";
import { createKeys, type WantedKey } from "./service.ts";
import { createSettingsKeys } from "./settings-keys.ts";
import { createKeyStore } from "./store.ts";
import { testKey, testPrincipal } from "./testing.ts";

const permissions = ["messages:read", "messages:write", "sessions:read", "config:read", "keys:read", "keys:write"];
const workspaces = ["default", "team", "other"];
const configured: ConfiguredKey = { id: "key_file", label: "File", token: "oc_tok_of_the_settings_file", place: "/api/keys/0/key", edition: "workspaces", scopes: null, permissions: null, workspaces: ["team"], tools: null, denyTools: null, rateLimitPerMinute: 7, maxTokensPerDay: null, expiresAt: null };

async function setUp({ ownerTokens = [] as string[], keys: inFile = [configured] } = {}) {
  const store = createKeyStore({ database: await temporaryDatabase() });
  const clock = { now: 1_000_000 };
  const settingsKeys = createSettingsKeys({ enabled: true, ownerTokens, keys: inFile }, permissions);
  const lastUse = createLastUse({ write: (uses) => store.touch(uses), onFailure: () => {} });
  const now = () => clock.now;
  const authentication = createAuthentication({ settingsKeys, store, lastUse, permissions, now });
  const workspaceIds = async ({ workspaces: visible }: Principal) => workspaces.filter((id) => visible === "*" || visible.includes(id));
  const keys = createKeys({ store, settingsKeys, authentication, lastUse, workspaceIds, permissions, now });
  return { keys, store, clock, authentication, lastUse };
}

const wanted = (overrides: Partial<WantedKey> = {}): WantedKey => ({ label: "New", scopes: null, permissions: null, workspaces: null, tools: null, denyTools: null, rateLimit: null, maxTokensPerDay: null, expiresAt: null, ...overrides });
const admin = testPrincipal();
const bound = testPrincipal({ workspaces: ["team"], permissions: new Set(["messages:read", "keys:read", "keys:write"]) });

describe("create", () => {
  test("makes a key that works at once and whose secret is kept nowhere", async () => {
    const { keys, authentication, store } = await setUp();
    const { key, secret } = await keys.create(admin, wanted({ label: "App", permissions: ["messages:read"], workspaces: ["team"], rateLimit: 3, maxTokensPerDay: 4 }));
    expect(secret).toMatch(/^oclaw_live_[\w-]{32}$/);
    expect(key).toMatchObject({ label: "App", prefix: "oclaw_live_", lastFour: secret.slice(-4), createdAt: 1_000_000, lastUsedAt: null, owner: false });
    expect(authentication.authenticate(secret)).toMatchObject({ keyId: key.id, permissions: new Set(["messages:read"]), workspaces: ["team"], tools: null, rateLimitPerMinute: 3, maxTokensPerDay: 4, isOwner: false });
    expect(JSON.stringify(store.find(key.id))).not.toContain(secret);
  });

  test("a key with scopes has a token of the conversations edition's form", async () => {
    const { keys } = await setUp();
    expect((await keys.create(admin, wanted({ scopes: ["chat"] }))).secret).toMatch(/^oc_tok_[\w-]{32}$/);
  });

  test("without workspaces it has the author's", async () => {
    const { keys } = await setUp();
    expect((await keys.create(admin, wanted())).key.workspaces).toBe("*");
    expect((await keys.create(bound, wanted({ permissions: ["messages:read"] }))).key.workspaces).toEqual(["team"]);
  });

  test.each<[string, Partial<WantedKey>, object]>([
    ["a permission", { permissions: ["messages:read", "config:read"] }, { permissions: ["config:read"] }],
    ["a scope", { scopes: ["chat"] }, { permissions: ["messages:write"] }],
    ["everything", { scopes: ["admin"] }, { permissions: ["admin"] }],
    ["what a key has by itself", {}, { permissions: ["messages:write", "sessions:read"] }],
    ["another workspace, which may not even be there", { permissions: ["messages:read"], workspaces: ["team", "other", "nowhere"] }, { workspaces: ["other", "nowhere"] }],
    ["all workspaces", { permissions: ["messages:read"], workspaces: "*" }, { workspaces: ["*"] }],
  ])("nobody gives what he lacks: %s", async (_name, overrides, details) => {
    const { keys, store } = await setUp();
    await expect(keys.create(bound, wanted(overrides))).rejects.toMatchObject({ code: "forbidden", details, message: expect.stringMatching(/cannot give what it lacks itself/) });
    expect(await store.count()).toBe(0);
  });

  test("no key at all is given to no end: a set of nothing is nothing", async () => {
    const { keys, authentication } = await setUp();
    const { secret } = await keys.create(bound, wanted({ permissions: [] }));
    expect(authentication.authenticate(secret).permissions).toEqual(new Set());
  });

  test("an unknown workspace is refused with those that there are", async () => {
    const { keys } = await setUp();
    await expect(keys.create(admin, wanted({ workspaces: ["team", "nowhere"] }))).rejects.toMatchObject({ code: "bad_request", details: { workspaces, errors: [{ path: "/workspaces/1" }] } });
  });

  test("an end that has been is refused", async () => {
    const { keys, clock } = await setUp();
    await expect(keys.create(admin, wanted({ expiresAt: clock.now }))).rejects.toMatchObject({ code: "bad_request", details: { errors: [{ path: "/expiresAt" }] } });
    expect((await keys.create(admin, wanted({ expiresAt: clock.now + 1 }))).key.expiresAt).toBe(clock.now + 1);
  });
});

describe("list", () => {
  test("pages over the database and the settings in the order of ids, each key once", async () => {
    const { keys, store } = await setUp({ keys: ["b", "d"].map((id) => ({ ...configured, id, token: `oc_tok_of_the_settings_${id}`, workspaces: "*" })) });
    for (const id of ["a", "c", "e"]) await store.insert(testKey({ id }));
    const seen: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const { items, nextCursor } = await keys.list(admin, { limit: 2, cursor });
      seen.push(...items.map(({ id }) => id));
      if (nextCursor === null) break;
      cursor = nextCursor;
    }
    expect(seen).toEqual(["a", "b", "c", "d", "e"]);
  });

  test("shows a bound author those of his workspaces, however many others there are", async () => {
    const { keys, store } = await setUp();
    for (let count = 0; count < 501; count++) await store.insert(testKey({ workspaces: count % 2 ? "*" : ["team", "other"] }));
    const own = testKey({ workspaces: ["team"] });
    await store.insert(own);
    expect((await keys.list(bound, { limit: 20 })).items.map(({ id }) => id).sort()).toEqual([own.id, "key_file"].sort());
  });

  test("shows a use that is not written yet", async () => {
    const { keys, authentication, clock, store, lastUse } = await setUp();
    const { key, secret } = await keys.create(admin, wanted());
    authentication.authenticate(secret);
    const lastUsed = async () => (await keys.list(admin, { limit: 20 })).items.find(({ id }) => id === key.id)?.lastUsedAt;
    expect([await lastUsed(), store.find(key.id)?.lastUsedAt]).toEqual([clock.now, null]);
    await lastUse.flush();
    expect([await lastUsed(), store.find(key.id)?.lastUsedAt]).toEqual([clock.now, clock.now]);
  });
});

describe("revoke", () => {
  test("holds at once and for good", async () => {
    const { keys, authentication, clock, store } = await setUp();
    const { key, secret } = await keys.create(admin, wanted());
    authentication.authenticate(secret);
    await keys.revoke(admin, key.id);
    expect(() => authentication.authenticate(secret)).toThrow(/was revoked/);
    clock.now += 10;
    await keys.revoke(admin, key.id);
    expect(store.find(key.id)?.revokedAt).toBe(1_000_000);
  });

  test("not_found: another's, and none at all, look the same", async () => {
    const { keys } = await setUp();
    const { key } = await keys.create(admin, wanted({ workspaces: ["team", "other"] }));
    for (const id of [key.id, "key_none"]) {
      const refusal = { code: "not_found", message: `There is no key \`${id}\`.`, details: {} };
      await expect(keys.revoke(bound, id)).rejects.toMatchObject(refusal);
      await expect(keys.rotate(bound, id, 0)).rejects.toMatchObject(refusal);
    }
  });

  test("forbidden: the owner's, for whoever may only change keys", async () => {
    const { keys, store } = await setUp();
    const ownerRecord = testKey({ owner: true });
    await store.insert(ownerRecord);
    await expect(keys.revoke(testPrincipal({ permissions: new Set(["keys:write"]) }), ownerRecord.id)).rejects.toMatchObject({ code: "forbidden" });
    await keys.revoke(owner, ownerRecord.id);
    expect(store.find(ownerRecord.id)?.revokedAt).not.toBeNull();
  });

  test("conflict: a key of the settings, which are the place to take it out of", async () => {
    const { keys } = await setUp();
    const refusal = { code: "conflict", message: expect.stringMatching(/settings, at \/api\/keys\/0\/key, .*Remove it there/), details: { place: "/api/keys/0/key" } };
    await expect(keys.revoke(bound, "key_file")).rejects.toMatchObject(refusal);
    await expect(keys.rotate(admin, "key_file", 0)).rejects.toMatchObject(refusal);
  });
});

describe("rotate", () => {
  test("makes a key like the old one, which ends at once", async () => {
    const { keys, authentication, clock } = await setUp();
    const end = clock.now + 100_000;
    const old = await keys.create(admin, wanted({ label: "App", scopes: ["chat"], workspaces: ["team"], rateLimit: 3, maxTokensPerDay: 4, expiresAt: end }));
    clock.now += 10;
    const next = await keys.rotate(admin, old.key.id, 0);
    const { id: _id, lastFour: _lastFour, hash: _hash, ...same } = old.key as typeof old.key & { hash: string };
    expect(next.key).toMatchObject({ ...same, createdAt: clock.now });
    expect(next.secret).toMatch(/^oc_tok_/);
    expect(next.key.id).not.toBe(old.key.id);
    expect(authentication.authenticate(next.secret).keyId).toBe(next.key.id);
    expect(() => authentication.authenticate(old.secret)).toThrow(/was revoked/);
  });

  test("with time to change over, both work until it is up", async () => {
    const { keys, authentication, clock } = await setUp();
    const old = await keys.create(admin, wanted());
    const next = await keys.rotate(admin, old.key.id, 60_000);
    clock.now += 59_999;
    for (const secret of [old.secret, next.secret]) authentication.authenticate(secret);
    clock.now += 1;
    expect(() => authentication.authenticate(old.secret)).toThrow(/ended on/);
    authentication.authenticate(next.secret);
  });

  test("never makes the old key last longer", async () => {
    const { keys, clock, store } = await setUp();
    const { key } = await keys.create(admin, wanted({ expiresAt: clock.now + 5 }));
    await keys.rotate(admin, key.id, 60_000);
    expect(store.find(key.id)?.expiresAt).toBe(clock.now + 5);
  });

  test("conflict: one that is revoked or has ended; of two at once, one", async () => {
    const { keys, clock, store } = await setUp();
    const expired = await keys.create(admin, wanted({ expiresAt: clock.now + 5 }));
    const revoked = await keys.create(admin, wanted());
    await keys.revoke(admin, revoked.key.id);
    clock.now += 5;
    for (const { key } of [expired, revoked]) await expect(keys.rotate(admin, key.id, 0)).rejects.toMatchObject({ code: "conflict" });
    const { key } = await keys.create(admin, wanted());
    const both = await Promise.allSettled([keys.rotate(admin, key.id, 0), keys.rotate(admin, key.id, 0)]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await store.count()).toBe(4);
  });

  const deniedAuthor = testPrincipal({ denyTools: ["write", "run_*"] });

  test.each<[string, Partial<WantedKey>, string[]]>([
    ["nothing said: as denied as the author", {}, ["write", "run_*"]],
    ["denied more", { denyTools: ["run_*", "w*", "fetch"] }, ["run_*", "w*", "fetch"]],
    ["given tools, none of which he is denied", { tools: ["read"], denyTools: [] }, []],
  ])("a key that is denied tools makes keys that may not call them either: %s", async (_name, overrides, denyTools) => {
    const { keys, authentication } = await setUp();
    const { secret } = await keys.create(deniedAuthor, wanted(overrides));
    expect(authentication.authenticate(secret).denyTools).toEqual(denyTools);
  });

  test.each<[string, Partial<WantedKey>, string[]]>([
    ["denied others", { denyTools: ["fetch"] }, ["write", "run_*"]],
    ["denied nothing", { denyTools: [] }, ["write", "run_*"]],
    ["a narrower glob than his", { denyTools: ["write", "run_code"] }, ["run_*"]],
    ["given a tool that he is denied", { tools: ["read", "write"], denyTools: [] }, ["write"]],
    ["given a glob that may name one", { tools: ["r*"], denyTools: ["write"] }, ["run_*"]],
  ])("a key that is denied tools makes none that may call them: %s", async (_name, overrides, lacks) => {
    const { keys } = await setUp();
    await expect(keys.create(deniedAuthor, wanted(overrides))).rejects.toMatchObject({ code: "forbidden", details: { tools: lacks } });
  });

  test("a key that is denied tools is handed no secret of one that is not", async () => {
    const { keys } = await setUp();
    const { key } = await keys.create(admin, wanted());
    await expect(keys.rotate(testPrincipal({ denyTools: ["write"] }), key.id, 0)).rejects.toMatchObject({ code: "forbidden", details: { tools: ["write"] } });
    const { key: denied } = await keys.create(admin, wanted({ denyTools: ["w*"] }));
    expect((await keys.rotate(testPrincipal({ denyTools: ["write"] }), denied.id, 0)).key.denyTools).toEqual(["w*"]);
  });

  test("nobody is handed the secret of a key that may more than he: neither an admin's nor the owner's", async () => {
    const { keys, store } = await setUp();
    const { key } = await keys.create(admin, wanted({ permissions: ["messages:read", "config:read"], workspaces: ["team"] }));
    await expect(keys.rotate(bound, key.id, 0)).rejects.toMatchObject({ code: "forbidden", details: { permissions: ["config:read"] } });
    const ownerRecord = testKey({ owner: true });
    await store.insert(ownerRecord);
    await expect(keys.rotate(admin, ownerRecord.id, 0)).rejects.toMatchObject({ code: "forbidden" });
    expect((await keys.rotate(owner, ownerRecord.id, 0)).key.owner).toBe(true);
    await keys.revoke(bound, key.id);
  });
});

test("one's own key says what it really may; so does the owner without a key, while authentication is off", async () => {
  const { keys, authentication } = await setUp({ ownerTokens: ["the-owners-own-token"] });
  const own = (token: string) => keys.own(authentication.authenticate(token));
  const { secret } = await keys.create(admin, wanted({ scopes: ["read"] }));
  expect(own(secret)).toMatchObject({ key: { scopes: ["read"], source: "stored" }, permissions: ["messages:read", "sessions:read"] });
  expect(own(configured.token)).toMatchObject({ key: { id: "key_file", source: "settings", prefix: "oc_tok_", lastFour: "file", workspaces: ["team"], rateLimit: 7 }, permissions: ["messages:read", "messages:write", "sessions:read"] });
  expect(own("the-owners-own-token")).toMatchObject({ key: { label: "Owner", owner: true, prefix: "", lastFour: "oken" }, permissions });
  expect(keys.own(owner)).toMatchObject({ key: { id: "owner", owner: true, prefix: "", lastFour: "" }, permissions });
  expect(JSON.stringify(own(configured.token))).not.toContain(configured.token);
});

test("a key is found by its token, too", async () => {
  const { keys } = await setUp();
  const { key, secret } = await keys.create(admin, wanted());
  expect([keys.idOf(secret), keys.idOf(key.id), keys.idOf(configured.token), keys.idOf("nothing")]).toEqual([key.id, key.id, "key_file", "nothing"]);
});

test("the first token is made where there is no key at all", async () => {
  const { keys, authentication } = await setUp({ keys: [] });
  const token = (await keys.createFirstToken()) ?? "";
  expect(authentication.authenticate(token)).toMatchObject({ isOwner: true, label: "First start", permissions: "*" });
  expect(await keys.createFirstToken()).toBeNull();
  expect(await (await setUp()).keys.createFirstToken()).toBeNull();
});
