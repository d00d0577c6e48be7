import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { freshId } from "./ids.ts";
import { openBeside } from "./running-run.ts";
import { startServerTarget, type ServerTarget } from "./server-target.ts";
import { useServer } from "./targets.ts";

// What goes with a workspace: everything that was said in it, whoever is still talking.

const server = useServer({ provider: { models: [{ id: "gpt-5-mini" }] } });

async function freshWorkspace(): Promise<string> {
  return (await server.call("createWorkspace", { json: { id: freshId("space") } })).json(201).id;
}

const remove = (workspaceId: string) => server.call("deleteWorkspace", { path: { workspaceId }, query: { force: "true" } });

/** A key as the gateway makes them, bound to workspaces. */
function storeKey(workspaces: readonly string[]): string {
  const token = freshId("oc_tok_of_the_deletion_tests");
  const database = openBeside(server);
  try {
    const hash = createHash("sha256").update(token).digest("hex");
    const columns = "id, hash, label, prefix, last_four, owner, workspaces, created_at";
    database.prepare(`INSERT INTO keys (${columns}) VALUES (?, ?, 'Bound', 'oc_tok_', 'test', 0, ?, 1)`).run(freshId("key"), hash, JSON.stringify(workspaces));
  } finally {
    database.close();
  }
  return token;
}

/** The tables that have a word of it in any row. The audit log keeps what was done to a workspace, and nothing of what was in it. */
function tablesThatMention(text: string): string[] {
  const database = openBeside(server);
  try {
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'audit'").all() as { name: string }[];
    return tables.map(({ name }) => name).filter((name) => JSON.stringify(database.prepare(`SELECT * FROM "${name}"`).all()).includes(text));
  } finally {
    database.close();
  }
}

test("while a turn streams: the stream ends as cancelled, the model is let go of, and nothing is left", async () => {
  const workspace = await freshWorkspace();
  server.upstream.reset();
  const stream = await server.open("streamMessage", { json: { message: "Tell me everything [endless]", workspace, userId: "ada" } });
  const first = await stream.next();
  expect(tablesThatMention(workspace)).toEqual(["workspaces", "sessions", "runs", "events"]);

  expect((await remove(workspace)).status).toBe(204);
  expect((await stream.rest()).at(-1)?.data).toMatchObject({ type: "error", error: "cancelled", message: expect.stringContaining("deleted") });
  await server.upstream.untilAborted(1);
  expect(tablesThatMention(workspace)).toEqual([]);
  expect(tablesThatMention("Tell me everything")).toEqual([]);

  const runId = first?.id.split(":")[0] ?? "";
  for (const id of ["getRun", "streamRunEvents", "cancelRun"] as const) expect((await server.call(id, { path: { runId } })).status, id).toBe(404);
  expect((await server.call("streamMessage", { json: { message: "x" }, headers: { "Last-Event-ID": first?.id ?? "" } })).status).toBe(404);
});

test("while turns wait: for the model, for their turn, and without a session", async () => {
  const workspace = await freshWorkspace();
  const token = storeKey([workspace]);
  server.upstream.reset();
  const sessionId = freshId();
  const say = (message: string) => server.call("sendMessage", { json: { message, sessionId, workspace } });
  const first = say("One [hang]");
  await server.upstream.untilRequests(1);
  const queued = say("Two");
  const completion = server.call("createChatCompletion", { json: { model: "gpt-5-mini", messages: [{ role: "user", content: "Three [hang]" }] }, token });
  await server.upstream.untilRequests(2);

  expect((await remove(workspace)).status).toBe(204);
  (await first).json(409);
  (await queued).json(409);
  expect((await completion).status).toBe(409);
  expect(tablesThatMention(workspace)).toEqual([]);
});

test("a turn that goes on with a session without naming its workspace is cancelled too", async () => {
  const workspace = await freshWorkspace();
  const conversationId = freshId();
  (await server.call("sendMessage", { json: { message: "One", sessionId: conversationId, workspace } })).json(200);
  server.upstream.reset();
  const turn = server.call("chat", { json: { message: "Two [hang]", conversationId } });
  await server.upstream.untilRequests(1);
  expect((await remove(workspace)).status).toBe(204);
  (await turn).json(409);
  expect(tablesThatMention(conversationId)).toEqual([]);
});

test("turns that come in while it is deleted either end with it or find no workspace", async () => {
  const workspace = await freshWorkspace();
  const turns = Array.from({ length: 20 }, (_, index) => server.call("sendMessage", { json: { message: `Turn ${index}`, workspace } }));
  const [deleted, ...answers] = await Promise.all([remove(workspace), ...turns]);
  expect(deleted?.status).toBe(204);
  for (const { status, text } of answers) expect([200, 404, 409], text).toContain(status);
  expect(tablesThatMention(workspace)).toEqual([]);
});

test("of deletions that come at once one deletes, the others find nothing", async () => {
  const workspace = await freshWorkspace();
  const statuses = (await Promise.all([1, 2, 3].map(() => remove(workspace)))).map(({ status }) => status);
  expect(statuses.toSorted((a, b) => a - b)).toEqual([204, 404, 404]);
});

describe("under the same id again", () => {
  test("nobody sees anything of what was there: no key, no session, no run, no model", async () => {
    const workspace = await freshWorkspace();
    const [only, both] = [storeKey([workspace]), storeKey(["team", workspace])];
    const sessionId = freshId();
    const said = await server.call("sendMessage", { json: { message: "The old secret", sessionId, workspace }, token: only });
    said.json(200);
    const runId = said.headers.get("X-Run-Id") ?? "";
    expect((await remove(workspace)).status).toBe(204);
    (await server.call("createWorkspace", { json: { id: workspace } })).json(201);

    expect((await server.call("listWorkspaces", { token: only })).json(200).workspaces).toEqual([]);
    expect((await server.call("listWorkspaces", { token: both })).json(200).workspaces.map(({ id }) => id)).toEqual(["team"]);
    (await server.call("getWorkspace", { path: { workspaceId: workspace }, token: only })).json(404);
    (await server.call("sendMessage", { json: { message: "Hello" }, token: only })).json(404);
    expect((await server.call("createChatCompletion", { json: { model: "gpt-5-mini", messages: [{ role: "user", content: "Hello" }] }, token: only })).status).toBe(404);
    expect((await server.call("listSessions", { token: only })).json(200).sessions).toEqual([]);
    expect((await server.call("getPlainStatus", { token: only })).json(200).sessions).toBe(0);

    (await server.call("getSession", { path: { sessionId } })).json(404);
    (await server.call("getRun", { path: { runId } })).json(404);
    (await server.call("sendMessage", { json: { message: "What did I say", sessionId, workspace } })).json(200);
    expect(JSON.stringify(server.upstream.requests.at(-1)?.body)).not.toContain("The old secret");
    expect((await server.call("getSession", { path: { sessionId } })).json(200).messageCount).toBe(2);
  });
});

test("one that the settings name does not come back at the next start, one that they newly name is made", async () => {
  const stateDir = await mkdtemp(join(tmpdir(), "openclaw-test-"));
  onTestFinished(() => rm(stateDir, { recursive: true, force: true }));
  const started = async (ids: string[], use: (target: ServerTarget) => Promise<void>) => {
    const target = await startServerTarget({ stateDir, settings: { workspaces: ids.map((id) => ({ id })) } });
    try {
      await use(target);
    } finally {
      await target.close();
    }
  };
  const idsOf = async (target: ServerTarget) => (await target.call("listWorkspaces")).json(200).workspaces.map(({ id }) => id);
  await started(["old"], async (target) => {
    expect((await target.call("deleteWorkspace", { path: { workspaceId: "old" } })).status).toBe(204);
  });
  await started(["old", "new"], async (target) => expect(await idsOf(target)).toEqual(["default", "new", "team"]));
});
