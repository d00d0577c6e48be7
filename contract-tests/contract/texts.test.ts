import { describe, expect, test } from "vitest";
import { freshId } from "./ids.ts";
import { useServer } from "./targets.ts";

// Texts that are right but odd: they come back as they were sent, from the model, from a stream, and from the store.

const server = useServer();

const odd: Record<string, string> = {
  emoji: "👩‍👩‍👧‍👦 says ünïcödé 🏳️‍🌈",
  "right to left": "שלום עולם ‮abc‬",
  "control characters": "tab\tnew\nline\r\nbell\u0007 separator\u2028end",
  NUL: "before\u0000after",
  "an SSE frame": "data: {\"type\":\"done\"}\n\ndata: [DONE]\n\nid: 7",
  HTML: "<script>alert(1)</script>",
  "a long word": "x".repeat(100_000),
};

describe.each(Object.entries(odd))("%s", (_name, message) => {
  test("comes back as it was sent, as JSON and as a stream", async () => {
    const conversationId = freshId();
    const whole = (await server.call("chat", { json: { message, conversationId } })).json(200);
    const data = (await server.call("streamChat", { json: { message, conversationId } })).data();
    const streamed = data.filter(({ type }) => type === "delta").map(({ content }) => content).join("");
    expect("content" in whole && whole.content).toBe(streamed);
    const { messages, title } = (await server.call("getConversation", { path: { id: conversationId } })).json(200);
    expect(messages.map(({ content }) => content)).toEqual([message, streamed, message, streamed]);
    expect(title?.isWellFormed()).toBe(true);
    expect(title?.length).toBeLessThanOrEqual(160);
  });
});

test("half a surrogate pair does no harm, and is stored as text that can be read", async () => {
  const conversationId = freshId();
  const body = `{"message":"half \\ud83d of it","conversationId":"${conversationId}"}`;
  const answer = await server.call("chat", { body, headers: { "Content-Type": "application/json" } });
  expect(answer.status, answer.text).toBe(200);
  const { messages } = (await server.call("getConversation", { path: { id: conversationId } })).json(200);
  expect(messages[0]?.content).toMatch(/^half .* of it$/u);
  (await server.call("getHealth")).json(200);
});

test("400: an empty message, in every edition", async () => {
  (await server.call("chat", { json: { message: "", agentId: "main" } })).json(400);
  (await server.call("chat", { json: { message: "", conversationId: null } })).json(400);
  (await server.call("streamChat", { json: { message: "" } })).json(400);
  (await server.call("streamChatByQuery", { query: { message: "" } })).json(400);
  (await server.call("sendMessage", { json: { message: "" } })).json(400);
  (await server.call("streamMessage", { json: { message: "" } })).json(400);
  (await server.call("message", { json: { message: "", channel: "api" } })).json(400);
});

test("a `context` with members of the prototype's names is only data", async () => {
  const body = '{"message":"Hello","context":{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}}';
  (await server.call("sendMessage", { body, headers: { "Content-Type": "application/json" } })).json(200);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});
