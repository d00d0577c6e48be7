import { describe, expect, test } from "vitest";
import { freshId } from "./ids.ts";
import { useServer } from "./targets.ts";

// What a session is beyond the shape of its answers: one thing under one id, whatever edition it is looked at in.

const server = useServer();

/** What the provider was shown in the last call. */
function shown(): { role: string; content: string }[] {
  const { body } = server.upstream.requests.at(-1)!;
  return (body as { messages: { role: string; content: string }[] }).messages;
}

describe("a conversation", () => {
  test("goes on by its id: the model sees what was said before, in every edition", async () => {
    const id = freshId("conv");
    (await server.call("chat", { json: { message: "One", conversationId: id } })).json(200);
    (await server.call("chat", { json: { message: "Two", sessionId: id } })).json(200);
    (await server.call("sendMessage", { json: { message: "Three", sessionId: id } })).json(200);
    (await server.call("message", { json: { message: "Four", channel: "api", conversation_id: id } })).json(200);
    expect(shown().map(({ role, content }) => `${role}: ${content}`)).toEqual([
      "user: One", "assistant: You said: One", "user: Two", "assistant: You said: Two", "user: Three", "assistant: You said: Three", "user: Four",
    ]);
  });

  test("begins anew where none is named, and where null is", async () => {
    const ids = [];
    for (const more of [{}, { conversationId: null }]) {
      const answer = (await server.call("chat", { json: { message: "Hello", ...more } })).json(200);
      ids.push("conversationId" in answer ? answer.conversationId : "");
    }
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(id).toMatch(/^conv_/);
    expect(shown()).toHaveLength(1);
  });

  test("tells the model of the tools' results that came before", async () => {
    const sessionId = freshId();
    for (const message of ["calculate 6*7", "Thank you"]) (await server.call("chat", { json: { agentId: "my-agent", sessionId, message } })).json(200);
    expect(shown().map(({ role }) => role)).toEqual(["user", "assistant", "tool", "assistant", "user"]);
  });

  test("takes its turns one after another, in the order they came", async () => {
    const conversationId = freshId();
    const say = (message: string) => server.call("chat", { json: { message, conversationId } });
    await Promise.all(["One [slow 3]", "Two", "Three"].map(say));
    const { messages } = (await server.call("getConversation", { path: { id: conversationId } })).json(200);
    expect(messages.map(({ role }) => role)).toEqual(["user", "assistant", "user", "assistant", "user", "assistant"]);
    expect(messages[0]?.content).toBe("One [slow 3]");
  });
});

describe("a session under the client's own id", () => {
  test("is the same through every edition", async () => {
    const id = freshId("session");
    (await server.call("sendMessage", { json: { message: "calculate 6*7", sessionId: id, userId: "ada", workspace: "team" } })).json(200);
    const session = (await server.call("getSession", { path: { sessionId: id } })).json(200);
    expect(session).toMatchObject({ id, workspace: "team", userId: "ada", agentId: "main", channel: "api", messageCount: 2 });
    expect(session.messages).toMatchObject([
      { role: "user", content: "calculate 6*7" },
      { role: "assistant", content: "The tool says: 42", model: "gpt-5-mini", toolCalls: [{ name: "calculate", input: { expression: "6*7" }, output: "42", isError: false }] },
    ]);
    const { messages } = session;
    expect((await server.call("getAgentSession", { path: { agentId: "main", sessionId: id } })).json(200).messages).toEqual(messages);
    expect((await server.call("getConversation", { path: { id } })).json(200)).toMatchObject({ title: "calculate 6*7", messages });
    expect((await server.call("getPlainSession", { path: { id } })).json(200)).toMatchObject({ userId: "ada", messages });
    expect((await server.call("getSessionHistory", { path: { sessionId: id } })).json(200)).toMatchObject({ total: 2, messages });
    expect(session.tokensUsed).toBe((messages[1]?.usage?.inputTokens ?? 0) + (messages[1]?.usage?.outputTokens ?? 0));
  });

  test("is not another agent's", async () => {
    const sessionId = await server.makeSession();
    (await server.call("getAgentSession", { path: { agentId: "main", sessionId } })).json(404);
  });

  test("once deleted in one edition, it is gone in all, and its id begins a new one", async () => {
    const sessionId = await server.makeSession();
    await server.call("deletePlainSession", { path: { id: sessionId } });
    (await server.call("getSession", { path: { sessionId } })).json(404);
    (await server.call("getConversation", { path: { id: sessionId } })).json(404);
    (await server.call("getAgentSession", { path: { agentId: "my-agent", sessionId } })).json(404);
    (await server.call("chat", { json: { agentId: "my-agent", sessionId, message: "Again" } })).json(200);
    expect((await server.call("getSession", { path: { sessionId } })).json(200).messageCount).toBe(2);
  });

  test("once cleared, it is there without messages, and the model sees none", async () => {
    const sessionId = await server.makeSession();
    const path = { agentId: "my-agent", sessionId };
    expect((await server.call("clearAgentSession", { path })).json(200)).toMatchObject({ id: sessionId, messageCount: 0 });
    expect((await server.call("getAgentSession", { path })).json(200).messages).toEqual([]);
    (await server.call("chat", { json: { agentId: "my-agent", sessionId, message: "Anew" } })).json(200);
    expect(shown()).toEqual([{ role: "user", content: "Anew" }]);
  });
});

test("deleting a workspace's sessions answers their number, and leaves those of others", async () => {
  (await server.call("deleteSessions", { query: { workspace: "team" } })).json(200);
  const team = [await makeTeamSession(), await makeTeamSession(), await makeTeamSession()];
  const other = await server.makeSession();
  expect((await server.call("deleteSessions", { query: { workspace: "team" } })).json(200)).toEqual({ deleted: 3 });
  expect((await server.call("deleteSessions", { query: { workspace: "team" } })).json(200)).toEqual({ deleted: 0 });
  (await server.call("getSession", { path: { sessionId: team[0] ?? "" } })).json(404);
  (await server.call("getSession", { path: { sessionId: other } })).json(200);
});

async function makeTeamSession(): Promise<string> {
  return (await server.call("sendMessage", { json: { message: "Hello", workspace: "team" } })).json(200).sessionId;
}
