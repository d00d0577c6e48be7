import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { createFileStore } from "../../server/logs/file-store.ts";
import { readOnlyToken } from "../harness/gateway.ts";
import type { BodyOf } from "./operations.ts";
import type { CallRequest, Target } from "./target.ts";
import { describeTargets, useServer } from "./targets.ts";

// The gateway's own log over HTTP; what a line says is tested beside `server/logs`.

type Entry = Extract<BodyOf<"listLogs", 200>["entries"][number], { kind: "gateway" }>;

const events = { Accept: "text/event-stream" };
const boundToken = "oc_tok_operator_of_one_workspace";
const bound = { key: boundToken, label: "Bound", workspaces: ["team"], permissions: ["logs:read"] };

async function list(target: Target, query: CallRequest["query"] = {}): Promise<{ entries: Entry[]; nextCursor?: string }> {
  const page = (await target.call("listLogs", { query, mock: { example: "gateway" } })).json(200);
  return { ...page, entries: page.entries.filter((entry) => entry.kind === "gateway") };
}

/** Asks for something, and waits until the log has it. Each caller has an id of its own. */
let number = 0;
async function ask(target: Target, path = "listAgents" as const, request: CallRequest = {}): Promise<string> {
  const requestId = `seen-in-the-log-${process.pid}-${++number}`;
  await target.call(path, { ...request, headers: { "X-Request-Id": requestId } });
  await vi.waitFor(async () => expect((await list(target, { q: requestId })).entries).toHaveLength(1), 5_000);
  return requestId;
}

describeTargets((target) => {
  test("200: lists lines, the newest first", async () => {
    await target.call("listAgents");
    await vi.waitFor(async () => expect((await list(target)).entries).toContainEqual(expect.objectContaining({ kind: "gateway", message: "request", level: "info" })));
  });

  test("200: is followed", async () => {
    const stream = await target.open("listLogs", { headers: events });
    expect(stream.status).toBe(200);
    await target.call("listAgents");
    expect((await stream.next())?.data).toMatchObject({ kind: "gateway", message: "request" });
    await stream.leave();
  });

  test("400: wants filters that can be", async () => {
    for (const query of [{ level: "loud" }, { q: "" }, { q: "x".repeat(257) }, { limit: 0 }, { limit: 1e9 }, { since: "yesterday" }]) {
      (await target.call("listLogs", { query, mock: { status: 400 } })).json(400);
    }
    (await target.call("listLogs", { query: { cursor: "not-a-cursor" }, mock: { status: 400 } })).json(400);
  });

  test("401 and 403: wants a key with `logs:read`", async () => {
    (await target.call("listLogs", { token: null })).json(401);
    (await target.call("listLogs", { token: readOnlyToken, mock: { status: 403 } })).json(403);
  });
});

const folder = mkdtempSync(join(tmpdir(), "openclaw-log-"));
const fileStore = createFileStore({
  file: join(folder, "gateway.log"),
  // Many rotations within a test.
  maxFileBytes: 4_000,
  maxFiles: 100,
  onFailure(error) {
    throw error;
  },
});
afterAll(async () => {
  await fileStore.close();
  rmSync(folder, { recursive: true });
});

describe.each([
  ["in memory", {}],
  ["in files that rotate", { logStore: fileStore }],
] as const)("lines that are kept %s", (_where, options) => {
  const server = useServer({ ...options, settings: { api: { keys: [bound] } } });

  test("say whose request it was, for what, and of which session and run", async () => {
    const sessionId = await server.makeSession();
    const { entries } = await vi.waitFor(async () => {
      const page = await list(server, { operation: "chat", q: sessionId });
      expect(page.entries).toHaveLength(1);
      return page;
    }, 5_000);
    expect(entries[0]).toEqual({
      kind: "gateway",
      id: expect.stringMatching(/^log_/),
      at: expect.any(String),
      level: "info",
      message: "request",
      requestId: expect.stringMatching(/^req_/),
      keyId: expect.stringMatching(/^key_/),
      operation: "chat",
      sessionId,
      runId: expect.stringMatching(/^run_/),
      fields: { address: "127.0.0.1", method: "POST", path: "/api/v1/chat", status: 200, complete: true, durationMs: expect.any(Number) },
    });
    const { keyId } = entries[0]!;
    expect((await list(server, { keyId: keyId!, limit: 100 })).entries.length).toBeGreaterThan(0);
    expect((await list(server, { keyId: "key_nobody" })).entries).toEqual([]);
  });

  test("of a provider that fails are warnings, with the reason and no stack", async () => {
    (await server.call("sendMessage", { json: { message: "Hello [500]" } })).json(502);
    const [entry] = await vi.waitFor(async () => {
      const { entries } = await list(server, { operation: "sendMessage", level: "warn" });
      expect(entries).toHaveLength(1);
      return entries;
    }, 5_000);
    expect(entry).toMatchObject({ level: "warn", runId: expect.stringMatching(/^run_/), fields: { code: "provider_error", reason: expect.any(String) } });
    expect(entry!.fields).not.toHaveProperty("err");
  });

  test("of a stream name its run, too", async () => {
    const answer = await server.call("streamChat", { json: { message: "Hello", agentId: "main" } });
    const runId = answer.headers.get("X-Run-Id")!;
    await vi.waitFor(async () => expect((await list(server, { q: runId })).entries).toMatchObject([{ operation: "streamChat", runId, sessionId: expect.stringMatching(/^sess_/) }]), 5_000);
  });

  test("are found by level, status, words and time, and paged through without a gap", async () => {
    const ids: string[] = [];
    for (let index = 0; index < 7; index++) ids.unshift(await ask(server, "listAgents", index % 2 === 0 ? {} : { token: "nobody" }));
    const mine = { q: `IN-the-LOG-${process.pid} 127.0.0.1` };
    const all = (await list(server, { ...mine, limit: 100 })).entries.slice(0, 7);
    expect(all.map(({ requestId }) => requestId)).toEqual(ids);

    const paged: Entry[] = [];
    let page = await list(server, { ...mine, limit: 2 });
    for (; paged.push(...page.entries) < 7; page = await list(server, { ...mine, limit: 2, cursor: page.nextCursor! }));
    expect(paged.slice(0, 7)).toEqual(all);

    expect((await list(server, { ...mine, status: 401, limit: 3 })).entries.map(({ requestId }) => requestId)).toEqual([ids[1], ids[3], ids[5]]);
    expect((await list(server, { ...mine, level: "warn" })).entries).toEqual([]);
    const { at } = all[3]!;
    const since = (await list(server, { ...mine, since: at, limit: 100 })).entries;
    const until = (await list(server, { ...mine, until: at, limit: 100 })).entries;
    expect([...since, ...until].slice(0, 7)).toEqual(all);
    expect(since.every((entry) => entry.at >= at) && until.every((entry) => entry.at < at)).toBe(true);
    // Words are words: nothing is a pattern.
    expect((await list(server, { q: "(a+)+$ .*" })).entries).toEqual([]);
  });

  test("are followed from now on, and from behind an event after a break", async () => {
    await ask(server);
    const stream = await server.open("listLogs", { headers: events, query: { q: "in-the-log" } });
    const requestId = await ask(server);
    const event = await stream.next();
    expect(event?.data).toMatchObject({ requestId, operation: "listAgents" });
    await stream.leave();

    const missed = [await ask(server), await ask(server)];
    const again = await server.open("listLogs", { headers: { ...events, "Last-Event-ID": event!.id }, query: { q: "in-the-log" } });
    expect([(await again.next())?.data, (await again.next())?.data]).toMatchObject(missed.map((id) => ({ requestId: id })));
    const last = await ask(server);
    expect((await again.next())?.data).toMatchObject({ requestId: last });
    await again.leave();
  });

  test("400: a `Last-Event-ID` that is none, and the audit log cannot be followed", async () => {
    (await server.call("listLogs", { headers: { ...events, "Last-Event-ID": "run_1:2" } })).json(400);
    (await server.call("listLogs", { headers: events, query: { kind: "audit" } })).json(400);
  });

  test("403: to a key that is bound to workspaces, with words, listed or followed", async () => {
    for (const headers of [{}, events]) {
      expect((await server.call("listLogs", { token: boundToken, headers })).json(403).message).toBe("Lines of the gateway's log are for all workspaces, and this key is bound to some. Use one that is bound to none.");
    }
    (await server.call("listLogs", { token: boundToken, query: { kind: "audit" } })).json(200);
  });
});
