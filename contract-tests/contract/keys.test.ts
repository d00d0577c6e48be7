import { describe, expect, test } from "vitest";
import { ownerToken, readOnlyToken, teamToken } from "../harness/gateway.ts";
import type { BodyOf } from "./operations.ts";
import { describeTargets, useServer } from "./targets.ts";

// The mock knows one key by its example; the server one that the test makes.

type NewKey = BodyOf<"createKey", 201>;

/** What is no key to make, and where it is wrong. */
const wrongKeys: [json: object, path: string][] = [
  [{}, "/label"],
  [{ label: "" }, "/label"],
  [{ label: "a\nb" }, "/label"],
  [{ label: "x".repeat(257) }, "/label"],
  [{ label: "App", scopes: ["nonsense"] }, "/scopes/0"],
  [{ label: "App", scopes: [] }, "/scopes"],
  [{ label: "App", permissions: ["messages:fly"] }, "/permissions/0"],
  [{ label: "App", workspaces: [] }, "/workspaces"],
  [{ label: "App", workspaces: ["no id"] }, "/workspaces/0"],
  [{ label: "App", rateLimit: 0 }, "/rateLimit"],
  [{ label: "App", maxTokensPerDay: 1.5 }, "/maxTokensPerDay"],
  [{ label: "App", owner: true }, "/owner"],
];

describeTargets((target) => {
  const makeKey = async (json: object = { label: "App" }): Promise<NewKey> => (await target.call("createKey", { json })).json(201);

  describe("GET /api/v1/keys", () => {
    test("200: lists keys without their secrets", async () => {
      const answer = await target.call("listKeys", { query: { limit: 100 } });
      expect(answer.json(200).keys).toContainEqual(expect.objectContaining({ source: expect.stringMatching(/^(stored|settings)$/), lastFour: expect.any(String) }));
      expect(answer.text).not.toMatch(/"(secret|hash|token)"/);
    });

    test("400: refuses a page that cannot be", async () => {
      for (const limit of [0, 101, "x"]) (await target.call("listKeys", { query: { limit } })).json(400);
      (await target.call("listKeys", { query: { cursor: "not-a-cursor" }, mock: { status: 400 } })).json(400);
    });
  });

  describe("POST /api/v1/keys", () => {
    test("201: answers the key with its secret, for no cache", async () => {
      const answer = await target.call("createKey", { json: { label: "App", permissions: ["messages:write", "sessions:read"], workspaces: ["team"], rateLimit: 30 } });
      expect(answer.json(201)).toMatchObject({ secret: expect.stringMatching(/^oclaw_live_/), permissions: ["messages:write", "sessions:read"], workspaces: ["team"], rateLimit: 30 });
      expect(answer.headers.get("Cache-Control")).toBe("no-store");
    });

    test.each(wrongKeys)("400: refuses %j", async (json) => {
      (await target.call("createKey", { json })).json(400);
    });
  });

  test("200: GET /api/v1/keys/self answers the key that asks, with what it really may", async () => {
    expect((await target.call("getOwnKey")).json(200)).toMatchObject({ owner: expect.any(Boolean), effectivePermissions: expect.arrayContaining(["messages:write"]) });
  });

  describe("DELETE /api/v1/keys/{keyId}", () => {
    test("204: revokes a key, as often as it is asked to", async () => {
      const { id: keyId } = await makeKey();
      for (let time = 0; time < 2; time++) expect((await target.call("revokeKey", { path: { keyId } })).status).toBe(204);
    });

    test("400 and 404", async () => {
      (await target.call("revokeKey", { path: { keyId: "no id" } })).json(400);
      (await target.call("revokeKey", { path: { keyId: "key_none" }, mock: { status: 404 } })).json(404);
    });

    test("409: a key of the settings", async () => {
      const { keys } = (await target.call("listKeys", { query: { limit: 100 } })).json(200);
      const { id: keyId } = keys.find(({ source }) => source === "settings") ?? keys[0]!;
      (await target.call("revokeKey", { path: { keyId }, mock: { status: 409 } })).json(409);
      (await target.call("rotateKey", { path: { keyId }, json: {}, mock: { status: 409 } })).json(409);
    });
  });

  describe("POST /api/v1/keys/{keyId}/rotate", () => {
    test("201: answers a key like the old one, with its secret, for no cache", async () => {
      const { id: keyId } = await makeKey();
      const answer = await target.call("rotateKey", { path: { keyId }, json: { graceSeconds: 60 } });
      expect(answer.json(201).secret).toMatch(/^oclaw_live_/);
      expect(answer.headers.get("Cache-Control")).toBe("no-store");
    });

    test("400: refuses what is no time to change over", async () => {
      for (const graceSeconds of [-1, 2_592_001, 1.5, "1h"]) (await target.call("rotateKey", { path: { keyId: "key_1" }, json: { graceSeconds } })).json(400);
    });

    test("404: does not know a key that is not there", async () => {
      (await target.call("rotateKey", { path: { keyId: "key_none" }, json: {}, mock: { status: 404 } })).json(404);
    });
  });
});

describe("the server", () => {
  const clock = { ahead: 0 };
  const server = useServer({ now: () => Date.now() + clock.ahead });
  const create = async (json: object, token = ownerToken) => (await server.call("createKey", { json: { label: "App", ...json }, token })).json(201);
  const status = async (token: string) => (await server.call("listAgents", { token })).status;

  test("a key works at once, may what it was given, and is revoked at once", async () => {
    const { id: keyId, secret } = await create({ scopes: ["read"] });
    expect(secret).toMatch(/^oc_tok_/);
    expect(await status(secret)).toBe(200);
    expect((await server.call("chat", { json: { message: "Hello" }, token: secret })).json(403).details).toEqual({ permission: "messages:write" });
    expect((await server.call("revokeKey", { path: { keyId } })).status).toBe(204);
    const { message, details } = (await server.call("listAgents", { token: secret })).json(401);
    expect([message, details]).toEqual([expect.stringMatching(/^This key was revoked on .*Z/), { reason: "revoked" }]);
    const { keys } = (await server.call("listKeys", { query: { limit: 100 } })).json(200);
    expect(keys.find(({ id }) => id === keyId)).toMatchObject({ revokedAt: expect.any(String), lastUsedAt: expect.any(String) });
  });

  test("a key ends when it was to end", async () => {
    const { secret, expiresAt } = await create({ expiresAt: new Date(Date.now() + clock.ahead + 60_000).toISOString() });
    expect(await status(secret)).toBe(200);
    clock.ahead += 60_000;
    const answer = await server.call("listAgents", { token: secret });
    expect(answer.json(401)).toMatchObject({ message: `This key ended on ${expiresAt}. Ask for a new one.`, details: { reason: "expired" } });
    expect(answer.headers.get("WWW-Authenticate")).toBe(`Bearer realm="openclaw", error="invalid_token", error_description="This key ended on ${expiresAt}. Ask for a new one."`);
  });

  test("a rotated key works until the time to change over is up; without any, no more", async () => {
    const old = await create({});
    const next = (await server.call("rotateKey", { path: { keyId: old.id }, json: { graceSeconds: 60 } })).json(201);
    expect([await status(old.secret), await status(next.secret)]).toEqual([200, 200]);
    clock.ahead += 60_000;
    expect([await status(old.secret), await status(next.secret)]).toEqual([401, 200]);
    // Nothing has to be said.
    const last = (await server.call("rotateKey", { path: { keyId: next.id } })).json(201);
    expect([await status(next.secret), await status(last.secret)]).toEqual([401, 200]);
    (await server.call("rotateKey", { path: { keyId: next.id }, json: {} })).json(409);
    (await server.call("rotateKey", { path: { keyId: old.id }, json: {} })).json(409);
  });

  test.each(wrongKeys)("400: %j is named with its place", async (json, path) => {
    const { details } = (await server.call("createKey", { json })).json(400);
    expect(details.errors?.map((fault) => fault.path)).toContain(path);
  });

  test("400: an end that has been or is none, and an unknown workspace, with those that there are", async () => {
    const refuse = async (json: object) => (await server.call("createKey", { json: { label: "App", ...json } })).json(400);
    for (const expiresAt of ["2020-01-01", "tomorrow", "2027-02-30", ""]) expect((await refuse({ expiresAt })).details.errors?.[0]?.path).toBe("/expiresAt");
    const { message, details } = await refuse({ workspaces: ["team", "nowhere"] });
    expect(message).toContain("The workspaces are default, team.");
    expect(details).toMatchObject({ workspaces: ["default", "team"], errors: [{ path: "/workspaces/1" }] });
  });

  test("403: nobody gives what he lacks", async () => {
    const { secret } = await create({ permissions: ["keys:read", "keys:write", "messages:read"], workspaces: ["team"] });
    const refused = async (json: object) => (await server.call("createKey", { json: { label: "More", ...json }, token: secret })).json(403);
    expect((await refused({ permissions: ["messages:read", "config:write"] })).details).toEqual({ permissions: ["config:write"] });
    expect((await refused({ permissions: ["messages:read"], workspaces: ["team", "default"] })).details).toEqual({ workspaces: ["default"] });
    expect((await refused({ scopes: ["admin"] })).details).toEqual({ permissions: ["admin"] });
    const { id: keyId } = await create({ permissions: ["config:read"], workspaces: ["team"] });
    expect((await server.call("rotateKey", { path: { keyId }, json: {}, token: secret })).json(403).details).toEqual({ permissions: ["config:read"] });
    expect((await create({ permissions: ["messages:read"] }, secret)).workspaces).toEqual(["team"]);
  });

  test("a key of one workspace sees no key that may more, and changes none", async () => {
    const { secret, id: own } = await create({ permissions: ["keys:read", "keys:write"], workspaces: ["team"] });
    const { id: foreign } = await create({ workspaces: ["default"] });
    const { keys } = (await server.call("listKeys", { query: { limit: 100 }, token: secret })).json(200);
    expect(new Set(keys.flatMap(({ workspaces }) => workspaces))).toEqual(new Set(["team"]));
    expect(keys.map(({ id }) => id)).toContain(own);
    for (const keyId of [foreign, "key_none"]) {
      const refusal = { message: `There is no key \`${keyId}\`.`, details: {} };
      expect((await server.call("revokeKey", { path: { keyId }, token: secret })).json(404)).toMatchObject(refusal);
      expect((await server.call("rotateKey", { path: { keyId }, json: {}, token: secret })).json(404)).toMatchObject(refusal);
    }
  });

  test("each key sees itself, and no more than what it is", async () => {
    const own = async (token: string) => (await server.call("getOwnKey", { token })).json(200);
    expect(await own(ownerToken)).toMatchObject({ source: "settings", owner: true, workspaces: ["*"], lastFour: ownerToken.slice(-4) });
    expect(await own(teamToken)).toMatchObject({ label: "Team only", workspaces: ["team"], owner: false });
    expect(await own(readOnlyToken)).toMatchObject({ label: "reader", scopes: ["read"], effectivePermissions: expect.not.arrayContaining(["messages:write", "config:read", "keys:read"]) });
    const { secret, ...made } = await create({ permissions: [] });
    expect(await own(secret)).toEqual({ ...made, lastUsedAt: expect.any(String), effectivePermissions: [] });
  });

  test("pages through all keys, each once", async () => {
    const seen: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = (await server.call("listKeys", { query: { limit: 3, ...(cursor === undefined ? {} : { cursor }) } })).json(200);
      seen.push(...page.keys.map(({ id }) => id));
      if (page.nextCursor === undefined) break;
      cursor = page.nextCursor;
    }
    expect(seen).toEqual([...new Set(seen)].sort());
    expect(seen).toEqual((await server.call("listKeys", { query: { limit: 100 } })).json(200).keys.map(({ id }) => id));
  });
});
