import { describe, expect, test, vi } from "vitest";
import { errorOf } from "./error-of.ts";
import { freshId } from "./ids.ts";
import type { OperationId } from "./operations.ts";
import { runOfRequest } from "./running-run.ts";
import { useServer } from "./targets.ts";
import type { CallRequest } from "./target.ts";

// A run ends before its time when somebody cancels it, or when nobody has waited for it for the time of grace. The
// provider's call must be seen to end as well: a model that goes on writing costs money.

/** Only how long a test waits before it fails. */
const patience = { timeout: 10_000, interval: 10 };

const messages = [{ role: "user", content: "Hello [hang]" }];
const waiting: { name: string; id: OperationId; request: CallRequest }[] = [
  { name: "POST /chat", id: "chat", request: { json: { message: "Hello [hang]" } } },
  { name: "POST /chat/stream", id: "streamChat", request: { json: { message: "Hello [hang]" } } },
  { name: "GET /chat/stream", id: "streamChatByQuery", request: { query: { message: "Hello [hang]" } } },
  { name: "POST /messages", id: "sendMessage", request: { json: { message: "Hello [hang]" } } },
  { name: "POST /messages/stream", id: "streamMessage", request: { json: { message: "Hello [hang]" } } },
  { name: "POST /message", id: "message", request: { json: { message: "Hello [hang]", channel: "api" } } },
  { name: "POST /openai/chat/completions", id: "createChatCompletion", request: { json: { model: "gpt-5-mini", messages } } },
];

describe("POST /runs/{runId}/cancel", () => {
  // A model that the settings name is not asked for first: the provider's first request is the turn's.
  const server = useServer({ provider: { models: [{ id: "gpt-5-mini" }] } });

  test.each(waiting)("409: ends a $name that waits for its first event, and the provider's call", async ({ id, request }) => {
    server.upstream.reset();
    const requestId = freshId("request");
    const answer = server.call(id, { ...request, headers: { "X-Request-Id": requestId } });
    await server.upstream.untilRequests(1);
    const runId = runOfRequest(server, requestId);
    expect((await server.call("cancelRun", { path: { runId } })).json(200)).toMatchObject({ id: runId, status: "cancelled", error: { error: "cancelled", status: 409 } });
    await server.upstream.untilAborted(1);
    expect(server.upstream.aborted).toBe(1);
    const { status, text } = await answer;
    expect([status, errorOf(JSON.parse(text)).code.toLowerCase()]).toEqual([409, "cancelled"]);
  });

  test("200: ends a stream with one error event, and keeps what was said", async () => {
    server.upstream.reset();
    const conversationId = freshId();
    const stream = await server.open("streamChat", { json: { message: "Tell me everything [endless]", conversationId } });
    const [start] = [await stream.next(), await stream.next()];
    const { runId } = start?.data ?? {};
    const run = (await server.call("cancelRun", { path: { runId } })).json(200);
    await server.upstream.untilAborted(1);
    const rest = await stream.rest();
    expect(rest.at(-1)?.data).toMatchObject({ type: "error", error: "cancelled", status: 409 });
    expect(run).toMatchObject({ status: "cancelled", content: expect.stringContaining("said") });
    const { messages: kept } = (await server.call("getConversation", { path: { id: conversationId } })).json(200);
    expect(kept.map(({ role, content }) => [role, content])).toEqual([["user", "Tell me everything [endless]"], ["assistant", run.content]]);
    expect((await server.call("getRun", { path: { runId } })).json(200)).toEqual(run);
  });

  test("200: ends a run in the background; a second time it is answered as it stands", async () => {
    server.upstream.reset();
    const { run_id: runId } = (await server.call("message", { json: { message: "Hello [hang]", channel: "api", wait_for_response: false } })).json(202);
    await server.upstream.untilRequests(1);
    const first = (await server.call("cancelRun", { path: { runId } })).json(200);
    expect(first.status).toBe("cancelled");
    expect((await server.call("cancelRun", { path: { runId } })).json(200)).toEqual(first);
    await server.upstream.untilAborted(1);
  });

  test("200: ends a run that waits for its turn, and lets the one before it be", async () => {
    const conversationId = freshId();
    const say = async (message: string) => (await server.call("message", { json: { message, channel: "api", conversation_id: conversationId, wait_for_response: false } })).json(202).run_id;
    const [first, second] = [await say("One [slow 5]"), await say("Two")];
    expect((await server.call("cancelRun", { path: { runId: second } })).json(200).status).toBe("cancelled");
    await server.call("streamRunEvents", { path: { runId: first } });
    const { messages: kept } = (await server.call("getConversation", { path: { id: conversationId } })).json(200);
    expect(kept.map(({ content }) => content)).toEqual(["One [slow 5]", "slow0 slow1 slow2 slow3 slow4 "]);
  });
});

describe("a client that goes away", () => {
  const server = useServer({ runs: { graceMs: 400 } });
  const run = async (runId: string) => (await server.call("getRun", { path: { runId } })).json(200);

  test("lets go of its run: after the time of grace it is cancelled, and the provider's call ends", async () => {
    server.upstream.reset();
    const stream = await server.open("streamChat", { json: { message: "Hello [hang-mid]" } });
    const { runId } = (await stream.next())?.data ?? {};
    await stream.leave();
    await server.upstream.untilAborted(1);
    await vi.waitFor(async () => expect((await run(runId)).status).toBe("cancelled"), patience);
  });

  test("does so before the first event too", async () => {
    server.upstream.reset();
    const controller = new AbortController();
    const requestId = freshId("request");
    const answer = server.call("chat", { json: { message: "Hello [hang]" }, headers: { "X-Request-Id": requestId }, signal: controller.signal });
    await server.upstream.untilRequests(1);
    const runId = runOfRequest(server, requestId);
    controller.abort();
    await expect(answer).rejects.toThrow("aborted");
    await server.upstream.untilAborted(1);
    await vi.waitFor(async () => expect((await run(runId)).status).toBe("cancelled"), patience);
  });

  test("may come back within it, and the run goes on", async () => {
    const stream = await server.open("streamChat", { json: { message: "Hello [slow 12]" } });
    const first = await stream.next();
    await stream.leave();
    const rest = await server.call("streamRunEvents", { path: { runId: first?.data.runId }, headers: { "Last-Event-ID": first?.id ?? "" } });
    expect(rest.data().at(-1).type).toBe("done");
    expect((await run(first?.data.runId)).status).toBe("completed");
  });

  test("does not end a run in the background, nor one that has timed out", async () => {
    const { run_id: runId } = (await server.call("message", { json: { message: "Hello [slow 8]", channel: "api", wait_for_response: false } })).json(202);
    const stream = await server.open("streamRunEvents", { path: { runId } });
    await stream.next();
    await stream.leave();
    await vi.waitFor(async () => expect((await run(runId)).status).toBe("completed"), patience);
  });
});
