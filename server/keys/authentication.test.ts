import { expect, onTestFinished, test, vi } from "vitest";
import type { AuthSettings } from "../settings/settings.ts";
import { openDatabase } from "../storage/database.ts";
import { temporaryDatabase, temporaryFolder } from "../storage/testing.ts";
import { createAuthentication } from "./authentication.ts";
import { createLastUse } from "./last-use.ts";
import { createSettingsKeys } from "./settings-keys.ts";
import { createKeyStore, type KeyRecord } from "./store.ts";
import { testKey } from "./testing.ts";
import { hashToken } from "./token.ts";

const permissions = ["messages:read", "messages:write", "config:read"];
const configured = { id: "key_file", label: "File", token: "oc_tok_of_the_settings_file", place: "/api/auth/tokens/0/token", edition: "conversations", scopes: null, permissions: null, workspaces: "*", tools: null, denyTools: null, rateLimitPerMinute: null, maxTokensPerDay: null, expiresAt: null } as const;
const settings = (overrides: Partial<AuthSettings> = {}): AuthSettings => ({ enabled: true, ownerTokens: [], keys: [configured], ...overrides });

/** An authentication over a database, with a clock that the test sets. */
async function setUp(auth = settings(), url?: string) {
  const database = await temporaryDatabase(url);
  const store = createKeyStore({ database });
  const clock = { now: 1_000_000 };
  const settingsKeys = createSettingsKeys(auth, permissions);
  const lastUse = createLastUse({ write: (uses) => store.touch(uses), onFailure: () => {} });
  const authentication = createAuthentication({ settingsKeys, store, lastUse, permissions, now: () => clock.now });
  const reads = vi.spyOn(database, "read");
  const add = async (token: string, overrides: Partial<KeyRecord> = {}) => {
    const key = testKey({ hash: hashToken(token), ...overrides });
    await store.insert(key);
    return key;
  };
  return { ...authentication, clock, store, settingsKeys, lastUse, reads, add };
}

const unauthorized = (reason: string | undefined, message: RegExp) => expect.objectContaining({ code: "unauthorized", details: reason === undefined ? {} : { reason }, message: expect.stringMatching(message) });

test("each refusal says what is the matter; of nobody's token nothing is told", async () => {
  const { authenticate, add, clock } = await setUp();
  await add("expired", { expiresAt: clock.now });
  await add("revoked", { revokedAt: clock.now - 1, expiresAt: clock.now - 2 });
  expect(() => authenticate(undefined)).toThrow(unauthorized(undefined, /^A valid token is required/));
  expect(() => authenticate("")).toThrow(unauthorized(undefined, /^A valid token is required/));
  expect(() => authenticate("nobody's")).toThrow(unauthorized("unknown", /^No key has this token/));
  expect(() => authenticate("expired")).toThrow(unauthorized("expired", /ended on 1970-01-01T00:16:40.000Z/));
  expect(() => authenticate("revoked")).toThrow(unauthorized("revoked", /revoked on 1970-01-01T00:16:39.999Z/));
});

test("a token of more than 512 characters is refused before anything is made of it", async () => {
  const { authenticate, add, reads } = await setUp();
  await add("x".repeat(512));
  await add("x".repeat(513));
  expect(authenticate("x".repeat(512)).label).toBe("Laptop");
  reads.mockClear();
  expect(() => authenticate("x".repeat(513))).toThrow(unauthorized("unknown", /No key/));
  expect(() => authenticate("x".repeat(1_000_000))).toThrow(unauthorized("unknown", /No key/));
  expect(reads).not.toHaveBeenCalled();
});

test("a key is good until its very end", async () => {
  const { authenticate, add, clock } = await setUp();
  await add("t", { expiresAt: clock.now + 1 });
  expect(authenticate("t").label).toBe("Laptop");
  clock.now += 1;
  expect(() => authenticate("t")).toThrow(unauthorized("expired", /ended/));
});

test("a key is read from the database once in half a second, and again when the clock was set back", async () => {
  const { authenticate, add, clock, reads } = await setUp();
  await add("t");
  for (let request = 0; request < 100; request++) authenticate("t");
  clock.now += 499;
  authenticate("t");
  expect(reads).toHaveBeenCalledTimes(1);
  clock.now += 1;
  authenticate("t");
  expect(reads).toHaveBeenCalledTimes(2);
  clock.now -= 100_000;
  authenticate("t");
  expect(reads).toHaveBeenCalledTimes(3);
});

test("what another process does holds within half a second; what it makes, at once", async () => {
  const url = `sqlite:${temporaryFolder()}/x.db`;
  const { authenticate, clock, add } = await setUp(settings(), url);
  const key = await add("old");
  const other = await openDatabase(url);
  onTestFinished(() => other.close());
  const otherStore = createKeyStore({ database: other });

  expect(() => authenticate("new")).toThrow(unauthorized("unknown", /No key/));
  await otherStore.insert(testKey({ hash: hashToken("new") }));
  expect(authenticate("new").label).toBe("Laptop");

  expect(authenticate("old").keyId).toBe(key.id);
  await otherStore.revoke(key.id, clock.now);
  clock.now += 500;
  expect(() => authenticate("old")).toThrow(unauthorized("revoked", /was revoked/));
});

test("what this process does holds at once", async () => {
  const { authenticate, forget, add, store, clock } = await setUp();
  const key = await add("t");
  authenticate("t");
  await store.revoke(key.id, clock.now);
  expect(authenticate("t").keyId).toBe(key.id);
  forget(key.hash);
  expect(() => authenticate("t")).toThrow(unauthorized("revoked", /was revoked/));
});

test("of more than 10,000 keys in use at once, the longest kept are read again", async () => {
  const { authenticate, reads } = await setUp();
  reads.mockImplementation((({ parameters }: { parameters: string[] }) => [{ ...rowOf(testKey({ hash: parameters[0]! })) }]) as never);
  for (let key = 0; key <= 10_000; key++) authenticate(`t${key}`);
  reads.mockClear();
  authenticate("t10000");
  authenticate("t1");
  expect(reads).toHaveBeenCalledTimes(0);
  authenticate("t0");
  expect(reads).toHaveBeenCalledTimes(1);
});

const rowOf = ({ id, hash, label }: KeyRecord) => ({ id, hash, label, prefix: "oc_tok_", last_four: "abcd", owner: 0, scopes: null, permissions: null, workspaces: null, tools: null, deny_tools: null, rate_limit: null, max_tokens_per_day: null, expires_at: null, created_at: 1, last_used_at: null, revoked_at: null });

test("a key of the settings needs no database, and other settings hold at once", async () => {
  const { authenticate, settingsKeys, reads } = await setUp();
  expect(authenticate(configured.token)).toMatchObject({ keyId: "key_file", isOwner: false, permissions: new Set(["messages:read", "messages:write"]) });
  expect(reads).not.toHaveBeenCalled();
  settingsKeys.use(settings({ ownerTokens: ["the owner's new token"], keys: [{ ...configured, expiresAt: 999_999 }] }));
  expect(() => authenticate(configured.token)).toThrow(unauthorized("expired", /ended/));
  expect(authenticate("the owner's new token")).toMatchObject({ isOwner: true, permissions: "*", edition: "operator" });
  settingsKeys.use(settings({ keys: [] }));
  for (const token of [configured.token, "the owner's new token"]) expect(() => authenticate(token)).toThrow(unauthorized("unknown", /No key/));
});

test("while authentication is off, everybody is the owner", async () => {
  const { authenticate, settingsKeys } = await setUp(settings({ enabled: false }));
  for (const token of [undefined, "anything"]) expect(authenticate(token)).toMatchObject({ isOwner: true, permissions: "*", workspaces: "*" });
  settingsKeys.use(settings());
  expect(() => authenticate(undefined)).toThrow(unauthorized(undefined, /required/));
});

test("the last use of keys is written together, once a minute", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const written: unknown[] = [];
  const lastUse = createLastUse({ write: async (uses) => void written.push(uses), onFailure: () => {} });
  lastUse.note("a", 1);
  lastUse.note("b", 2);
  lastUse.note("a", 3);
  expect([lastUse.of("a"), lastUse.of("c")]).toEqual([3, undefined]);
  await vi.advanceTimersByTimeAsync(59_999);
  expect(written).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(written).toEqual([[["a", 3], ["b", 2]]]);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(written).toHaveLength(1);
  lastUse.note("b", 4);
  await lastUse.flush();
  expect([written.length, written[1], vi.getTimerCount()]).toEqual([2, [["b", 4]], 0]);
  for (let key = 0; key < 250; key++) lastUse.note(`k${key}`, 5);
  await lastUse.flush();
  expect(written.slice(2).map((uses) => (uses as unknown[]).length)).toEqual([100, 100, 50]);
});

test("a last use that cannot be written is told of, and kills nothing", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const onFailure = vi.fn<(cause: unknown) => void>();
  const lastUse = createLastUse({ write: () => Promise.reject(new Error("disk full")), onFailure });
  lastUse.note("a", 1);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(onFailure).toHaveBeenCalledExactlyOnceWith(new Error("disk full"));
});
