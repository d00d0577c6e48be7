import { describe, expect, test } from "vitest";
import { errorOf, expectNothingInternal } from "./error-of.ts";
import { freshId } from "./ids.ts";
import type { OperationId } from "./operations.ts";
import type { CallRequest } from "./target.ts";
import { useServer } from "./targets.ts";

// A provider that misbehaves, behind every way to talk: the right error in the right face, a server that goes on, and a
// session that holds what was said and no half answer.

// Retries are the providers' own tests' matter; here each fault is to show at once.
const server = useServer({ provider: { firstByteTimeoutMs: 250, idleTimeoutMs: 250 } });

interface Way {
  id: OperationId;
  request(message: string, sessionId: string): CallRequest;
  /** Whether it keeps the conversation. */
  stores: boolean;
  streams: boolean;
}

const events = { Accept: "text/event-stream" };
const ways: Record<string, Way> = {
  "POST /chat, agents edition": { id: "chat", request: (message, sessionId) => ({ json: { message, sessionId } }), stores: true, streams: false },
  "POST /chat, conversations edition": { id: "chat", request: (message, conversationId) => ({ json: { message, conversationId } }), stores: true, streams: false },
  "POST /chat/stream": { id: "streamChat", request: (message, sessionId) => ({ json: { message, sessionId } }), stores: true, streams: true },
  "GET /chat/stream": { id: "streamChatByQuery", request: (message, conversationId) => ({ query: { message, conversationId } }), stores: true, streams: true },
  "POST /messages": { id: "sendMessage", request: (message, sessionId) => ({ json: { message, sessionId } }), stores: true, streams: false },
  "POST /messages/stream": { id: "streamMessage", request: (message, sessionId) => ({ json: { message, sessionId } }), stores: true, streams: true },
  "POST /message": { id: "message", request: (message, id) => ({ json: { message, channel: "api", conversation_id: id } }), stores: true, streams: false },
  "POST /message, streaming": { id: "message", request: (message, id) => ({ json: { message, channel: "api", conversation_id: id }, headers: events }), stores: true, streams: true },
  "POST /openai/chat/completions": { id: "createChatCompletion", request: (message) => ({ json: completion(message) }), stores: false, streams: false },
  "POST /openai/chat/completions, streaming": { id: "createChatCompletion", request: (message) => ({ json: { ...completion(message), stream: true } }), stores: false, streams: true },
};

function completion(content: string) {
  return { model: "gpt-5-mini", messages: [{ role: "user", content }] };
}

/** What the fake does before its first byte, and what the caller is told: status, code, `Retry-After`. */
const before: [string, number, string, string | null][] = [
  ["hang", 408, "timeout", null],
  ["401", 502, "provider_error", null],
  ["403", 502, "provider_error", null],
  ["429", 503, "service_unavailable", "5"],
  ["429 7", 503, "service_unavailable", "7"],
  ["500", 502, "provider_error", null],
  ["503", 503, "service_unavailable", "5"],
  ["garbage", 502, "provider_error", null],
  ["html", 502, "provider_error", null],
  ["wrong-shape", 502, "provider_error", null],
  ["reset", 503, "service_unavailable", "5"],
];

/** And what it does in the middle: an error answer for JSON, an error event for a stream. */
const between: [string, number, string][] = [
  ["close-mid", 502, "provider_error"],
  ["hang-mid", 408, "timeout"],
  ["error-mid", 502, "provider_error"],
];

// Side by side: most of their time is waiting for a provider that hangs.
describe.concurrent.each(Object.entries(ways))("%s", (_name, way) => {
  async function say(message: string) {
    const sessionId = freshId();
    const answer = await server.call(way.id, way.request(message, sessionId));
    expectNothingInternal(answer.text);
    (await server.call("getHealth")).json(200);
    return { answer, stored: way.stores ? await storedIn(sessionId) : [["user", message]] };
  }

  test.each(before)("[%s]: answers %i %s, never a 200", async (sentinel, status, code, retryAfter) => {
    const message = `Hello [${sentinel}]`;
    const { answer, stored } = await say(message);
    expect(answer.status, answer.text).toBe(status);
    expect(errorOf(JSON.parse(answer.text)).code).toBe(code);
    expect(answer.headers.get("Retry-After")).toBe(retryAfter);
    expect(stored).toEqual([["user", message]]);
  });

  test.each(between)("[%s]: answers %i %s, or ends the stream with it", async (sentinel, status, code) => {
    const message = `Hello you there [${sentinel}]`;
    const { answer, stored } = await say(message);
    // At least one good event was out when it happened: the 200 stands, and the last event says the rest.
    expect([answer.status, answer.events.length > 1], answer.text).toEqual(way.streams ? [200, true] : [status, false]);
    expect(errorOf(way.streams ? answer.events.at(-1)?.data : JSON.parse(answer.text)).code).toBe(code);
    expect(stored).toEqual([["user", message]]);
  });
});

describe.concurrent.each(Object.entries(ways).filter(([, { stores }]) => stores))("%s", (_name, way) => {
  test("goes on in the same session once the provider is well again, without the turn that failed", async () => {
    const sessionId = freshId();
    await server.call(way.id, way.request("Hello [500]", sessionId));
    const answer = await server.call(way.id, way.request("Are you back?", sessionId));
    expect(answer.status, answer.text).toBe(200);
    expect(await storedIn(sessionId)).toEqual([["user", "Hello [500]"], ["user", "Are you back?"], ["assistant", "You said: Are you back?"]]);
  });
});

async function storedIn(sessionId: string): Promise<string[][]> {
  const { messages } = (await server.call("getSession", { path: { sessionId } })).json(200);
  return messages.map(({ role, content }) => [role, content]);
}

test("a run that failed says why, and its stream ends with the same error", async () => {
  const { run_id: runId } = (await server.call("message", { json: { message: "Hello [500]", channel: "api", wait_for_response: false } })).json(202);
  const events = (await server.call("streamRunEvents", { path: { runId } })).data();
  expect(events.at(-1)).toMatchObject({ type: "error", error: "provider_error", status: 502 });
  const run = (await server.call("getRun", { path: { runId } })).json(200);
  expect(run).toMatchObject({ status: "failed", error: { error: "provider_error", status: 502 } });
});

test("the gateway's key of the provider never shows", async () => {
  const answer = await server.call("chat", { json: { message: "Hello [401]" } });
  expect(answer.text).not.toContain("a key of the fake provider");
});
