import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectedStreams } from "../streams/expected.ts";
import { exampleRequest } from "./example-request.ts";
import { operations, type OperationId } from "./operations.ts";
import { startOwnMockTarget } from "./own-mock-target.ts";
import type { Target } from "./target.ts";

// What `openclaw mock` answers to whom. That each of its answers fits the contract is seen at every call; that it answers
// every operation with every status, in mock.test.ts; that it behaves like the server, in all tests of `describeTargets`.

let mock: Target;
beforeAll(async () => {
  mock = await startOwnMockTarget();
});
afterAll(() => mock.close());

const events = { Accept: "text/event-stream" };
const hello = { message: "Hello" };

describe("which example is answered", () => {
  const named = operations.flatMap(({ id, raw }) =>
    Object.values(raw.responses).flatMap((answer) => ("content" in answer ? Object.values(answer.content ?? {}).flatMap(({ examples = {} }) => Object.keys(examples)) : [])).map((example) => ({ id, example })),
  );

  test.each(named)("$id: example=$example", async ({ id, example }) => {
    const answer = await mock.call(id, { ...exampleRequest(id), headers: { Prefer: `example="${example}"` } });
    expect(answer.headers.get("Preference-Applied")).toBe(`example="${example}"`);
  });

  test.each(expectedStreams.filter(({ operationId }) => operationId.startsWith("stream")))("$operationId: the stream of $edition, byte for byte", async ({ operationId, edition, text }) => {
    const id = operationId as OperationId;
    const { json, ...request } = exampleRequest(id);
    const answer = await mock.call(id, { ...request, ...(json !== undefined && { json: hello }), headers: { Prefer: `example=${edition}`, ...events } });
    expect(answer.text).toBe(text);
  });

  test("the members of a request decide on the edition, as they do in the gateway", async () => {
    expect((await mock.call("chat", { json: { ...hello, conversationId: null } })).json(200)).toHaveProperty("conversationId");
    expect((await mock.call("chat", { json: { ...hello, agentId: "main" } })).json(200)).toHaveProperty("response.content");
    const byQuery = await mock.call("streamChatByQuery", { query: { message: "Hello", conversationId: "conv_1" } });
    expect(byQuery.data().map(({ type }) => type)).toContain("delta");
    expect((await mock.call("message", { json: { ...hello, channel: "api", wait_for_response: false } })).status).toBe(202);
  });

  test("`stream: true` decides on events where the contract has it, `Accept` elsewhere", async () => {
    expect((await mock.call("chat", { json: hello, headers: events })).headers.get("Content-Type")).toMatch(/^application\/json/);
    expect((await mock.call("chat", { json: { ...hello, stream: true } })).headers.get("Content-Type")).toMatch(/^text\/event-stream/);
    expect((await mock.call("message", { json: { ...hello, channel: "api" }, headers: events })).headers.get("Content-Type")).toMatch(/^text\/event-stream/);
    expect((await mock.call("getMetrics", { headers: { Accept: "text/plain" } })).text).toMatch(/^# HELP /);
  });

  test.each([
    ["a status that the operation does not have", "code=418", /no answer 418/],
    ["an example that it does not have", "example=nothing", /no example `nothing`.*agents/],
    ["an example that every object in JavaScript seems to have", "example=constructor", /no example `constructor`/],
    ["a number that is none", "delay=soon", /delay.*whole number/],
    ["more than ten minutes", "delay=600001", /delay.*up to 600000/],
  ])("400: %s", async (_name, prefer, message) => {
    expect((await mock.call("listAgents", { headers: { Prefer: prefer } })).json(400).message).toMatch(message);
  });

  test("preferences of others are passed over, and what was heeded is told", async () => {
    const answer = await mock.call("listAgents", { headers: { Prefer: 'return=minimal; foo="a, b", respond-async, delay=1, rate=5, constructor=1' } });
    expect([answer.status, answer.headers.get("Preference-Applied")]).toEqual([200, "delay=1"]);
    expect((await mock.call("listAgents")).headers.has("Preference-Applied")).toBe(false);
  });

  test("in the query, where a client sends no headers", async () => {
    const answer = await mock.call("listAgents", { query: { __code: 503, "__retry-after": 2 } });
    expect([answer.status, answer.headers.get("Retry-After"), answer.headers.get("Preference-Applied")]).toEqual([503, "2", "code=503, retry-after=2"]);
    (await mock.call("listAgents", { query: { __example: "ünïcödé 日本" } })).json(400);
  });
});

describe("what a request says again in its answer", () => {
  test("the ids of its path", async () => {
    expect((await mock.call("getRun", { path: { runId: "run_mine" } })).json(200)).toMatchObject({ id: "run_mine" });
    expect((await mock.call("getAgentSession", { path: { agentId: "a-1", sessionId: "s-1" } })).text).toMatch(/(?=.*"a-1")(?=.*"s-1")/);
    const stream = await mock.call("streamRunEvents", { path: { runId: "run_mine" } });
    expect(stream.headers.get("X-Run-Id")).toBe("run_mine");
    expect(stream.events[0]?.id).toMatch(/^run_mine:/);
  });

  test("the members of its body, and where the new object is", async () => {
    const json = { id: "space-1", label: "Space" };
    const made = await mock.call("createWorkspace", { json });
    expect(made.json(201)).toMatchObject(json);
    expect(made.headers.get("Location")).toBe("/api/v1/workspaces/space-1");
    const stream = await mock.call("streamChat", { json: { ...hello, sessionId: "sess_mine" } });
    expect(stream.data()[0]).toMatchObject({ sessionId: "sess_mine" });
  });

  test("what would leave the contract is not said again", async () => {
    const { text } = await mock.call("getRun", { path: { runId: "x".repeat(128) } });
    expect(text).toContain("x".repeat(128));
    expect((await mock.call("verifyWhatsappWebhook", { query: { "hub.mode": "subscribe", "hub.verify_token": "x", "hub.challenge": "123" }, token: null })).text).toBe("123");
  });

  test("a list comes page by page", async () => {
    const ids: string[] = [];
    let query: Record<string, string> = {};
    for (let pages = 1; ; pages++) {
      const { agents, nextCursor } = (await mock.call("listAgents", { query, headers: pages === 1 ? { Prefer: "pages=3" } : {} })).json(200);
      ids.push(...agents.map(({ id }) => id));
      expect(pages).toBeLessThanOrEqual(3);
      if (nextCursor === undefined) break;
      query = { cursor: nextCursor };
    }
    expect(ids).toEqual(["my-agent", "my-agent", "my-agent"]);
    const { servers, nextCursor = "" } = (await mock.call("listMcpServers", { query: { limit: 1 } })).json(200);
    const second = (await mock.call("listMcpServers", { query: { limit: 1, cursor: nextCursor } })).json(200);
    expect([servers.length, second.servers.length, second.nextCursor]).toEqual([1, 1, undefined]);
    expect(second.servers).not.toEqual(servers);
    (await mock.call("listAgents", { query: { cursor: "elsewhere" } })).json(400);
  });
});

describe("who and what is let in", () => {
  test("any token, but not none", async () => {
    expect((await mock.call("listAgents", { token: "whatever" })).status).toBe(200);
    expect((await mock.call("listAgents", { token: null })).headers.get("WWW-Authenticate")).toBe('Bearer realm="openclaw"');
    expect((await mock.call("createChatCompletion", { token: null, json: {} })).json(401)).toMatchObject({ error: { code: "invalid_api_key" } });
  });

  test("a request comes again with its `Idempotency-Key`, and is answered as before", async () => {
    const headers = { "Idempotency-Key": "mock-1" };
    const first = await mock.call("createWorkspace", { json: { id: "once" }, headers });
    const again = await mock.call("createWorkspace", { json: { id: "once" }, headers });
    expect([again.text, again.headers.get("Idempotency-Replayed")]).toEqual([first.text, "true"]);
    (await mock.call("createWorkspace", { json: { id: "twice" }, headers })).json(409);
  });
});
