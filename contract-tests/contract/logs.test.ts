import { DatabaseSync } from "node:sqlite";
import { describe, expect, test, vi } from "vitest";
import { idOfToken } from "../../server/settings/tokens.ts";
import { agentsToken, ownerToken, readOnlyToken, startTestGateway, teamToken } from "../harness/gateway.ts";
import { openBeside } from "./running-run.ts";
import type { BodyOf } from "./operations.ts";
import type { CallRequest, Target } from "./target.ts";
import { describeTargets, useServer } from "./targets.ts";

type Entry = Extract<BodyOf<"listLogs", 200>["entries"][number], { kind: "audit" }>;

const audit = { kind: "audit" };
const ownerId = idOfToken(ownerToken);

async function list(target: Target, query: CallRequest["query"] = {}, token?: string): Promise<{ entries: Entry[]; nextCursor?: string }> {
  const page = (await target.call("listLogs", { query: { ...audit, ...query }, ...(token && { token }), mock: { example: "audit" } })).json(200);
  return { ...page, entries: page.entries.filter((entry) => entry.kind === "audit") };
}

describeTargets((target) => {
  test("200: lists entries, the newest first", async () => {
    await target.call("listAgents");
    await vi.waitFor(async () => expect((await list(target, { limit: 5 })).entries).toContainEqual(expect.objectContaining({ kind: "audit", times: expect.any(Number) })));
  });

  test("400: wants a filter that can be", async () => {
    for (const query of [{ kind: "x" }, { level: "info" }, { q: "x" }, { limit: 0 }, { limit: 101 }, { status: 99 }, { status: "x" }, { since: "yesterday" }, { until: "2026-04-30T10:00:00" }, { keyId: "no id" }, { operation: "" }]) {
      (await target.call("listLogs", { query: { ...audit, ...query }, mock: { status: 400 } })).json(400);
    }
    (await target.call("listLogs", { query: { ...audit, cursor: "not-a-cursor" }, mock: { status: 400 } })).json(400);
  });

  test("401: wants a token", async () => {
    (await target.call("listLogs", { query: audit, token: null })).json(401);
  });

  test("403: wants `logs:read`", async () => {
    (await target.call("listLogs", { query: audit, token: readOnlyToken, mock: { status: 403 } })).json(403);
  });
});

/** The entry of the request with an id, once it is there. */
async function entryOf(target: Target, requestId: string): Promise<Entry> {
  return vi.waitFor(async () => {
    const entry = (await list(target, { limit: 100 })).entries.find((one) => one.requestId === requestId);
    expect(entry, `the entry of ${requestId}`).toBeDefined();
    return entry!;
  }, 5_000);
}

describe("an entry", () => {
  const server = useServer();
  let number = 0;
  const named = (request: CallRequest = {}): CallRequest & { headers: Record<string, string> } => ({ ...request, headers: { ...request.headers, "X-Request-Id": `of-the-test-${++number}` } });

  test("says who, what, and the answer", async () => {
    const sessionId = await server.makeSession();
    const request = named({ path: { agentId: "my-agent", sessionId } });
    const before = Date.now();
    (await server.call("getAgentSession", request)).json(200);
    const entry = await entryOf(server, request.headers["X-Request-Id"]!);
    expect(entry).toEqual({
      kind: "audit",
      id: expect.stringMatching(/^audit_/),
      at: expect.any(String),
      keyId: ownerId,
      address: "127.0.0.1",
      operation: "getAgentSession",
      method: "GET",
      object: `my-agent/${sessionId}`,
      status: 200,
      complete: true,
      durationMs: expect.any(Number),
      requestId: request.headers["X-Request-Id"],
      times: 1,
    });
    expect(Date.parse(entry.at)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(entry.at)).toBeLessThanOrEqual(Date.now());
  });

  test.each([
    { what: "a turn", id: "chat", request: { json: { message: "Hello", agentId: "main" }, token: agentsToken }, entry: { status: 200, object: null, method: "POST", keyId: expect.stringMatching(/^key_/) } },
    { what: "a stream", id: "streamChat", request: { json: { message: "Hello", agentId: "main" } }, entry: { status: 200, complete: true } },
    { what: "a stream of the query", id: "streamChatByQuery", request: { query: { message: "Hello" } }, entry: { status: 200, method: "GET" } },
    { what: "a call without a token", id: "deleteSession", request: { path: { sessionId: "s1" }, token: null }, entry: { status: 401, keyId: null, object: "s1", method: "DELETE" } },
    { what: "a call with a token of nobody's", id: "listAgents", request: { token: "nobody" }, entry: { status: 401, keyId: null, address: "127.0.0.1" } },
    { what: "a call that the key may not make", id: "deleteSession", request: { path: { sessionId: "s1" }, token: readOnlyToken }, entry: { status: 403, keyId: expect.stringMatching(/^key_/), object: "s1" } },
    { what: "a call that is wrong", id: "listSessions", request: { query: { limit: 0 } }, entry: { status: 400, keyId: ownerId } },
    { what: "a change of what is not there", id: "deleteSession", request: { path: { sessionId: "nobody" } }, entry: { status: 404, object: "nobody" } },
    { what: "a change of a whole workspace", id: "deleteSessions", request: { query: { workspace: "default" } }, entry: { status: 200, object: "default", method: "DELETE" } },
    { what: "a model whose name has a slash", id: "getOpenaiModel", request: { path: { model: "openai/gpt-5-mini" } }, entry: { status: 200, object: "openai/gpt-5-mini" } },
  ] as const)("of $what", async ({ id, request, entry }) => {
    const sent = named(request);
    await server.call(id, sent);
    expect(await entryOf(server, sent.headers["X-Request-Id"]!)).toMatchObject({ operation: id, times: 1, ...entry });
  });

  test("of a change is there before its answer, and there once", async () => {
    const sessionId = await server.makeSession();
    const request = named({ path: { sessionId } });
    expect((await server.call("deleteSession", request)).status).toBe(204);
    const database = openBeside(server);
    const find = () => database.prepare("select operation, object, status from audit where request_id = ?").all(request.headers["X-Request-Id"]!);
    const found = find();
    expect(found).toEqual([{ operation: "deleteSession", object: sessionId, status: 204 }]);
    // Whatever is noted afterwards lies behind this one.
    const later = named();
    await server.call("listAgents", later);
    await entryOf(server, later.headers["X-Request-Id"]!);
    expect(find()).toEqual(found);
    database.close();
  });

  test("of what makes something names that, behind what it is made of", async () => {
    const [made, rotated] = [named({ json: { label: "For the audit", scopes: ["read"] } }), named({ json: {} })];
    const { id } = (await server.call("createKey", made)).json(201);
    const { id: next } = (await server.call("rotateKey", { ...rotated, path: { keyId: id } })).json(201);
    expect(await entryOf(server, made.headers["X-Request-Id"]!)).toMatchObject({ operation: "createKey", object: id, status: 201 });
    expect(await entryOf(server, rotated.headers["X-Request-Id"]!)).toMatchObject({ operation: "rotateKey", object: `${id}/${next}`, status: 201 });
  });

  test("of a stream whose reader has gone says so", async () => {
    const request = named({ json: { message: "Hello [slow]", agentId: "main" } });
    const stream = await server.open("streamChat", request);
    await stream.next();
    await stream.leave();
    expect(await entryOf(server, request.headers["X-Request-Id"]!)).toMatchObject({ operation: "streamChat", status: 200, complete: false });
  });

  test("of a caller who did not wait for the answer says so", async () => {
    const request = named({ json: { message: "Hello [slow]", agentId: "main" } });
    const caller = new AbortController();
    const given = server.call("chat", { ...request, signal: caller.signal }).catch(() => "given up");
    await server.upstream.untilRequests(server.upstream.requests.length + 1);
    caller.abort();
    expect(await given).toBe("given up");
    expect(await entryOf(server, request.headers["X-Request-Id"]!)).toMatchObject({ operation: "chat", complete: false });
  });

  test("is not made of open operations, nor of what nobody serves", async () => {
    const open = [named(), named(), named()];
    await server.call("getHealth", open[0]);
    await server.call("getOpenapiJson", open[1]);
    await server.gateway.call("/api/v1/nowhere", { headers: open[2]!.headers });
    const last = named();
    await server.call("listAgents", last);
    await entryOf(server, last.headers["X-Request-Id"]!);
    const ids = (await list(server, { limit: 100 })).entries.map(({ requestId }) => requestId);
    expect(ids.filter((id) => open.some(({ headers }) => headers["X-Request-Id"] === id))).toEqual([]);
  });
});

describe("the list", () => {
  const server = useServer();

  test("filters by key, operation, status and time, and pages through what fits", async () => {
    for (let index = 0; index < 5; index++) {
      await server.call("listAgents", { token: agentsToken });
      await server.call("deleteSession", { path: { sessionId: `s${index}` }, token: readOnlyToken });
    }
    const refused = await vi.waitFor(async () => {
      const { entries } = await list(server, { status: 403, operation: "deleteSession" });
      expect(entries.map(({ object }) => object)).toEqual(["s4", "s3", "s2", "s1", "s0"]);
      return entries;
    });
    const keyId = refused[0]!.keyId!;
    const ids = refused.map(({ id }) => id);

    const paged: string[] = [];
    for (let cursor = ""; ; ) {
      const page = await list(server, { keyId, limit: 2, ...(cursor && { cursor }) });
      paged.push(...page.entries.map(({ id }) => id));
      if (page.nextCursor === undefined) break;
      cursor = page.nextCursor;
    }
    expect(paged).toEqual(ids);

    const { at } = refused[2]!;
    const since = (await list(server, { keyId, since: at })).entries;
    const until = (await list(server, { keyId, until: at })).entries;
    expect(since.map(({ id }) => id)).toContain(refused[2]!.id);
    expect([...since, ...until].map(({ id }) => id)).toEqual(ids);
    // The same moment as a clock two hours ahead of UTC shows it.
    const ahead = new Date(Date.parse(at) + 2 * 3_600_000).toISOString().replace("Z", "+02:00");
    expect((await list(server, { keyId, since: ahead })).entries).toEqual(since);
    expect((await list(server, { operation: "listAgents", keyId })).entries).toEqual([]);
  });

  test("400: a day that no calendar has, naming the parameter", async () => {
    const { details } = (await server.call("listLogs", { query: { ...audit, since: "2026-02-31T25:00:00Z" } })).json(400);
    expect(details.errors?.[0]?.path).toBe("/query/since");
  });
});

describe("a key of one workspace", () => {
  const auditorToken = "oc_tok_auditor_of_one_workspace";
  const keys = [
    { key: auditorToken, label: "Auditor", workspaces: ["team"], permissions: ["logs:read", "agents:read"] },
    { key: teamToken, label: "Team only", workspaces: ["team"] },
  ];
  const server = useServer({ settings: { api: { keys } } });

  test("sees its own calls only", async () => {
    await server.call("listAgents");
    await server.call("listAgents", { token: teamToken });
    await server.call("listAgents", { token: auditorToken });
    const own = await vi.waitFor(async () => {
      const { entries } = await list(server, {}, auditorToken);
      expect(entries.map(({ operation }) => operation)).toContain("listAgents");
      return entries;
    });
    expect(new Set(own.map(({ keyId }) => keyId)).size).toBe(1);
    const { entries: all } = await list(server, { limit: 100 });
    expect(new Set(all.map(({ keyId }) => keyId)).size).toBe(3);
    expect((await list(server, { keyId: ownerId }, auditorToken)).entries).toEqual([]);
  });
});

test("a flood of wrong tokens is two entries, with the number of all", async () => {
  const gateway = await startTestGateway();
  try {
    for (let index = 0; index < 50; index++) await gateway.call("/api/v1/agents", { token: `nobody-${index}` });
    await gateway.running.stop(0);
    const database = new DatabaseSync(`${gateway.stateDir}/openclaw.db`);
    const rows = database.prepare("select status, operation, times from audit order by at, id").all();
    database.close();
    // The limit of failed logins may turn some of the 401 into 429.
    expect(rows.length).toBeLessThanOrEqual(4);
    expect(rows.reduce((sum, { times }) => sum + Number(times), 0)).toBe(50);
    expect(rows[0]).toMatchObject({ status: 401, operation: "listAgents", times: 1 });
  } finally {
    await gateway.close();
  }
});

test("a stop loses no entry, not even of a stream that it ends", async () => {
  const gateway = await startTestGateway({ embeddedDelayMs: 200 });
  const path = `${gateway.stateDir}/openclaw.db`;
  try {
    const answer = await gateway.call("/api/v1/chat/stream", { json: { message: "Count to a hundred, slowly and with many words", agentId: "main" }, headers: { "X-Request-Id": "the-last-stream" } });
    await gateway.running.stop(0);
    await answer.text();
    const database = new DatabaseSync(path);
    expect(database.prepare("select operation, status, complete from audit where request_id = 'the-last-stream'").all()).toEqual([{ operation: "streamChat", status: 200, complete: 1 }]);
    database.close();
  } finally {
    await gateway.close();
  }
});
