import { expect, test } from "vitest";
import { readSettings } from "./load-settings.ts";
import { lockOutReasons } from "./lock-out.ts";
import type { Settings } from "./settings.ts";
import { idOfToken } from "./tokens.ts";

const owner = "a-token-of-the-owner-1";
const admin = "oc_tok_an_admin_of_the_tests";
const settingsOf = (file: object): Settings => readSettings(file, { argv: {}, env: {}, homeDir: "/nowhere", stateDir: "/nowhere", sourceFile: null }).settings;
const withAdmin = (more: object) => ({ api: { auth: { tokens: [{ name: "admin", token: admin, scope: ["admin"], ...more }] } } });
const current = settingsOf({ gateway: { auth: { token: owner } }, ...withAdmin({}) });
const reasons = (keyId: string, file: object, from = current, host = "127.0.0.1:18789") => lockOutReasons({ keyId, address: "10.0.0.7", host }, from, settingsOf(file), Date.parse("2026-01-01"));
const adminId = idOfToken(admin);

test.each<[string, string, object, RegExp]>([
  ["the API off", "key_stored", { gateway: { apiEnabled: false } }, /API would be off/],
  ["other addresses only", "key_stored", { api: { security: { allowedIPs: ["192.168.0.0/16"] } } }, /address 10\.0\.0\.7/],
  ["his own token of the owner left out", idOfToken(owner), { gateway: { auth: { token: "another-token-of-the-owner" } } }, /key would no longer be valid/],
  ["the author's key left out", adminId, { gateway: { auth: { token: owner } } }, /key would no longer be valid/],
  ["the author's key at its end", adminId, withAdmin({ expiresAt: "2025-12-31" }), /key would no longer be valid/],
  ["the author's key bound to a workspace", adminId, { api: { keys: [{ key: admin, permissions: ["config:write"], workspaces: ["team"] }] } }, /bound to workspaces/],
  ["the author's key with less", adminId, withAdmin({ scope: ["read"] }), /lack the permission `config:write`/],
])("is told of %s", (_name, keyId, file, reason) => {
  expect(reasons(keyId, file)).toEqual([expect.stringMatching(reason)]);
});

test("is told of authentication turned on by somebody without a key", () => {
  const open = settingsOf({ gateway: { auth: { enabled: false } } });
  expect(reasons("owner", { gateway: { auth: { token: owner } } }, open)).toEqual([expect.stringContaining("this one came without")]);
});

test("is told of all at once", () => {
  expect(reasons(adminId, { gateway: { apiEnabled: false, auth: { token: owner } }, api: { security: { allowedIPs: ["127.0.0.1"] } } })).toHaveLength(3);
});

test.each<[string, string, object]>([
  ["the address is among the allowed ones", "owner", { gateway: { auth: { token: owner } }, api: { security: { allowedIPs: ["10.0.0.0/8"] } } }],
  ["the author's key is in another place", adminId, { gateway: { auth: { token: admin } } }],
  ["the author's key has the permission by name", adminId, { api: { keys: [{ key: admin, permissions: ["config:write"] }] } }],
  ["the author's key is one of the database", "key_stored", { gateway: { auth: { token: "another-token-of-the-owner" } } }],
  ["authentication is off", adminId, { gateway: { auth: { enabled: false } } }],
])("nobody is locked out when %s", (_name, keyId, file) => {
  expect(reasons(keyId, file)).toEqual([]);
});

test("is told of the name that he calls it by, when it would be no name of the gateway", () => {
  const behindProxy = (names: string[]) => ({ gateway: { auth: { token: owner }, allowedHosts: names } });
  const from = settingsOf(behindProxy(["gateway.example.com"]));
  const host = "gateway.example.com:443";
  expect(reasons("key_stored", behindProxy(["other.example.com"]), from, host)).toEqual([expect.stringContaining(`not be known as ${host}`)]);
  expect(reasons("key_stored", behindProxy(["gateway.example.com", "other.example.com"]), from, host)).toEqual([]);
  expect(reasons("key_stored", behindProxy([]), from, "localhost:18789")).toEqual([]);
});
