import { describe, expect, test } from "vitest";
import { teamToken } from "../harness/gateway.ts";
import { errorOf } from "./error-of.ts";
import { freshId } from "./ids.ts";
import type { OperationId } from "./operations.ts";
import { openBeside } from "./running-run.ts";
import { useServer } from "./targets.ts";

// Who may talk in a workspace, and with which agent, in every way there is to talk.

const workspaces = [{ id: "team", agent: "my-agent", allowlist: ["ada", "telegram:123"] }];
const server = useServer({ settings: { workspaces } });

/** A key that is bound to the workspace needs not name it: so a turn takes place in it in every edition. */
const token = teamToken;
const messages = [{ role: "user", content: "Hello" }];

interface Way {
  id: OperationId;
  /** The request of a user; of nobody where the edition cannot name one. */
  json?: (userId: string | undefined) => object;
  query?: Record<string, string>;
  field: string;
}

const ways: Way[] = [
  { id: "sendMessage", json: (userId) => ({ message: "Hello", userId }), field: "`userId`" },
  { id: "streamMessage", json: (userId) => ({ message: "Hello", userId }), field: "`userId`" },
  { id: "createChatCompletion", json: (user) => ({ model: "gpt-5-mini", messages, user }), field: "`user`" },
  { id: "chat", json: () => ({ message: "Hello" }), field: "`userId` with `POST /api/v1/messages`" },
  { id: "streamChat", json: () => ({ message: "Hello", sessionId: null }), field: "`userId` with `POST /api/v1/messages`" },
  { id: "streamChatByQuery", query: { message: "Hello" }, field: "`userId` with `POST /api/v1/messages`" },
  { id: "message", json: () => ({ message: "Hello", channel: "api" }), field: "`userId` with `POST /api/v1/messages`" },
];
const naming = ways.filter(({ id }) => ["sendMessage", "streamMessage", "createChatCompletion"].includes(id));

const ask = ({ id, json, query = {} }: Way, userId?: string, target = server) => target.call(id, { token, query, ...(json ? { json: json(userId) } : {}) });

/** OpenAI's face has no details. */
const detailsIn = (face: string, userId: string | null) => (face === "openai" ? {} : { workspace: "team", userId });

function rows(): number[] {
  const database = openBeside(server);
  try {
    return ["sessions", "messages", "runs"].map((table) => Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.["n"]));
  } finally {
    database.close();
  }
}

describe("a workspace with an allow list", () => {
  test.each(ways)("403: $id without a user, saying what to send; nothing is stored", async (way) => {
    const before = rows();
    const { status, text } = await ask(way);
    const { message, details, face } = errorOf(JSON.parse(text));
    expect(status, text).toBe(403);
    expect(message).toContain(`send ${way.field}.`);
    expect(details).toEqual(detailsIn(face, null));
    expect(rows()).toEqual(before);
  });

  test.each(naming)("403: $id of a user who is not on it; nothing is stored", async (way) => {
    const before = rows();
    // `123` is let in by telegram only, and this is the channel `api`.
    for (const userId of ["eve", "123", "ADA"]) {
      const { status, text } = await ask(way, userId);
      const { message, details, face } = errorOf(JSON.parse(text));
      expect(status, text).toBe(403);
      expect(message).toContain(`\`${userId}\``);
      expect(details).toEqual(detailsIn(face, userId));
    }
    expect(rows()).toEqual(before);
  });

  test.each(naming)("200: $id of one who is", async (way) => {
    for (const userId of ["ada", "telegram:123"]) expect((await ask(way, userId)).status).toBe(200);
  });

  test("the session's user counts where the request names none, in every edition; another's name does not help", async () => {
    const id = freshId();
    (await server.call("sendMessage", { json: { message: "One", sessionId: id, userId: "ada" }, token })).json(200);
    (await server.call("chat", { json: { message: "Two", sessionId: id }, token })).json(200);
    (await server.call("chat", { json: { message: "Three", conversationId: id }, token })).json(200);
    (await server.call("message", { json: { message: "Four", channel: "api", conversation_id: id }, token })).json(200);
    (await server.call("sendMessage", { json: { message: "Five", sessionId: id, userId: "eve" }, token })).json(403);
    expect((await server.call("getSession", { path: { sessionId: id } })).json(200).messageCount).toBe(8);
  });

  test("403: is said at once of a turn that would have to wait for another", async () => {
    const id = freshId();
    const slow = server.call("sendMessage", { json: { message: "One [slow 5]", sessionId: id, userId: "ada" }, token });
    await server.upstream.untilRequests(server.upstream.requests.length + 1);
    (await server.call("sendMessage", { json: { message: "Two", sessionId: id, userId: "eve" }, token })).json(403);
    const waiting = await server.call("message", { json: { message: "Three", channel: "api", conversation_id: id, wait_for_response: false }, token });
    expect(waiting.status).toBe(202);
    (await slow).json(200);
  });

  test("is changed while the gateway runs; without anybody on it, it lets all in", async () => {
    const path = { workspaceId: (await server.call("createWorkspace", { json: { id: freshId("space"), allowlist: ["ada"] } })).json(201).id };
    const say = (userId?: string) => server.call("sendMessage", { json: { message: "Hello", workspace: path.workspaceId, userId } });
    (await say("eve")).json(403);
    (await server.call("updateWorkspaceAllowlist", { path, json: { add: ["api:eve"] } })).json(200);
    (await say("eve")).json(200);
    (await server.call("updateWorkspaceAllowlist", { path, json: { remove: ["api:eve"] } })).json(200);
    (await say("eve")).json(403);
    (await server.call("updateWorkspaceAllowlist", { path, json: { remove: ["ada"] } })).json(200);
    (await say()).json(200);
  });
});

describe("a workspace with an agent", () => {
  const server = useServer({ settings: { workspaces: [{ id: "team", agent: "my-agent" }] } });

  test.each(ways)("has its sessions answered by it: $id", async (way) => {
    const answer = await ask(way, "ada", server);
    expect(answer.status, answer.text).toBe(200);
    const run = (await server.call("getRun", { path: { runId: answer.headers.get("X-Run-Id") ?? "" } })).json(200);
    expect(run).toMatchObject({ agentId: "my-agent", workspace: "team" });
    // OpenAI's callers hold the conversation themselves.
    const agents = run.sessionId === null ? [] : [(await server.call("getSession", { path: { sessionId: run.sessionId } })).json(200).agentId];
    expect(agents).toEqual(way.id === "createChatCompletion" ? [] : ["my-agent"]);
  });

  test("lets a request name another", async () => {
    (await server.call("chat", { json: { message: "Hello", agentId: "main", sessionId: "by-main" }, token })).json(200);
    expect((await server.call("getSession", { path: { sessionId: "by-main" } })).json(200)).toMatchObject({ agentId: "main", workspace: "team" });
  });
});
