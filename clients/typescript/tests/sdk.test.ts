import { OpenClawClient } from "@openclaw/sdk";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { agentsToken, ownerToken, startTestGateway, type TestGateway } from "../../../contract-tests/harness/gateway.ts";

let gateway: TestGateway;
let client: OpenClawClient;

beforeAll(async () => {
  gateway = await startTestGateway();
  client = new OpenClawClient({ baseUrl: gateway.url, token: ownerToken });
});
afterAll(() => gateway.close());

describe("message", () => {
  test("the operator document's example", async () => {
    const response = await client.message("What is the weather tomorrow?");
    expect(response.content).toBe("You said: What is the weather tomorrow?");
  });

  test("answers in camel case, with everything the wire has", async () => {
    const message = await client.message("hi there", { channel: "internal" });
    expect(message).toEqual({
      id: expect.stringMatching(/^msg_/),
      conversationId: expect.stringMatching(/^conv_/),
      content: expect.any(String),
      model: "embedded/echo-1",
      usage: { inputTokens: expect.any(Number), outputTokens: expect.any(Number) },
      latencyMs: expect.any(Number),
      channel: "internal",
    });
  });

  test("goes on with a conversation", async () => {
    const { conversationId } = await client.message("the sky is green");
    const { content } = await client.message("What did I say first?", { conversationId });
    expect(content).toBe("You first said: the sky is green");
  });

  test("an address with a slash at its end is as good", async () => {
    const { content } = await new OpenClawClient({ baseUrl: `${gateway.url}/`, token: ownerToken }).message("x");
    expect(content).toBe("You said: x");
  });
});

test("start does not wait, and the run tells what became of it", async () => {
  const { runId, conversationId } = await client.start("in the background");
  const events = await Array.fromAsync(client.runs.events(runId));
  expect(events[0]).toEqual({ type: "start", conversation_id: conversationId, message_id: expect.any(String), run_id: runId });
  expect(events.at(-1)).toMatchObject({ type: "done" });
  expect(await client.runs.get(runId)).toMatchObject({ status: "completed", content: "You said: in the background" });
});

test("stream yields the operator edition's events", async () => {
  const stream = client.stream("calculate 2+2");
  const events = await Array.fromAsync(stream);
  expect(events.map(({ type }) => type).filter((type, index, all) => type !== all[index - 1])).toEqual(["start", "tool_use", "tool_result", "delta", "done"]);
  expect(events.find((event) => event.type === "tool_result")).toMatchObject({ name: "calculate", output: "4", is_error: false });
  expect(stream.runId).toMatch(/^run_/);
  expect(stream.requestId).toMatch(/^req_/);
});

test("a stream is read once", async () => {
  const stream = client.stream("hi");
  await Array.fromAsync(stream);
  expect(() => stream[Symbol.asyncIterator]()).toThrow("has been read already");
});

describe("chat", () => {
  test("with an agent, in the agents edition", async () => {
    const answer = await client.chat({ agentId: "my-agent", message: "hi there you" });
    expect(answer).toMatchObject({ status: "ok", sessionId: expect.stringMatching(/^sess_/), response: { content: expect.any(String) } });
    const { sessions } = await client.agents.listSessions("my-agent");
    expect(sessions.map(({ id }) => id)).toContain(answer.sessionId);
  });

  test("with a model, in the conversations edition", async () => {
    const answer = await client.chat({ message: "one two", model: "anything", maxTokens: 4 });
    expect(answer).toMatchObject({ role: "assistant", content: "You said: one", model: "embedded/echo-1", conversationId: expect.stringMatching(/^conv_/) });
  });

  test("with a message alone, in the key's edition", async () => {
    expect(await client.chat({ message: "hi" })).toHaveProperty("conversationId");
    expect(await new OpenClawClient({ baseUrl: gateway.url, token: agentsToken }).chat({ message: "hi" })).toHaveProperty("response");
  });

  test("streams in either edition", async () => {
    const types = async (events: AsyncIterable<{ type: string }>) => [...new Set((await Array.fromAsync(events)).map(({ type }) => type))];
    expect(await types(client.chatStream({ sessionId: null, message: "a b" }))).toEqual(["start", "text", "end"]);
    expect(await types(client.chatStream({ conversationId: null, message: "a b" }))).toEqual(["start", "delta", "done"]);
  });
});

test("conversations are listed page by page, read and deleted", async () => {
  const { conversationId } = await client.message("to be deleted");
  const page = await client.conversations.list({ limit: 1 });
  expect(page.conversations).toHaveLength(1);
  expect(page.nextCursor).toEqual(expect.any(String));
  const { messages } = await client.conversations.get(conversationId);
  expect(messages.map(({ content }) => content)).toEqual(["to be deleted", "You said: to be deleted"]);
  await client.conversations.delete(conversationId);
  await expect(client.conversations.get(conversationId)).rejects.toMatchObject({ status: 404, code: "not_found" });
});

test("sessions, whichever edition they began in", async () => {
  const { conversationId } = await client.message("seen as a session");
  expect(await client.sessions.get(conversationId)).toMatchObject({ id: conversationId, messageCount: 2 });
  expect(await client.sessions.history(conversationId, { limit: 1, offset: 1 })).toMatchObject({ total: 2, messages: [{ role: "assistant" }] });
});

test("logs: listed, and followed behind an entry", async () => {
  await client.agents.list();
  const { entries } = await vi.waitFor(async () => {
    const page = await client.logs.list({ operation: "listAgents", limit: 1 });
    expect(page.entries).toMatchObject([{ kind: "gateway", message: "request" }]);
    return page;
  });
  await client.models.list();
  for await (const entry of client.logs.follow({ operation: "listModels" }, { after: entries[0]!.id })) {
    expect(entry).toMatchObject({ kind: "gateway", operation: "listModels" });
    break;
  }
  await expect(client.logs.follow({}, { after: "nothing" }).next()).rejects.toMatchObject({ code: "bad_request", status: 400 });
});

test("agents, models and health", async () => {
  const { agents } = await client.agents.list();
  expect(agents.map(({ id }) => id)).toEqual(["main", "my-agent"]);
  expect(await client.agents.get("main")).toMatchObject({ name: "Main", isDefault: true });
  expect((await client.agents.listTools("my-agent")).tools).toMatchObject([{ name: "calculate", enabled: true }]);
  expect((await client.models.list()).models).toMatchObject([{ id: "embedded/echo-1" }]);
  expect(await client.health()).toMatchObject({ status: "ok", database: "connected" });
});

test("an agent's session is cleared and deleted", async () => {
  const { sessionId } = await client.chat({ agentId: "main", message: "hi" });
  expect((await client.agents.getSession("main", sessionId)).messages).toHaveLength(2);
  expect(await client.agents.clearSession("main", sessionId)).toMatchObject({ id: sessionId, messageCount: 0 });
  await client.agents.deleteSession("main", sessionId);
  await expect(client.agents.getSession("main", sessionId)).rejects.toMatchObject({ status: 404 });
});
