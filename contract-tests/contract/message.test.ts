import { expect, test, vi } from "vitest";
import { freshId } from "./ids.ts";
import { useServer } from "./targets.ts";

// The operator edition's `/message`: as JSON, as a stream, in the background, or no longer than so long.

const server = useServer();

const say = (message: string, more: object = {}, headers: Record<string, string> = {}) => server.call("message", { json: { channel: "api", message, ...more }, headers });

test("200: `Accept` decides between JSON and events", async () => {
  expect((await say("Hello", {}, { Accept: "application/json" })).json(200).content).toBe("You said: Hello");
  expect((await say("Hello", {}, { Accept: "*/*" })).json(200).content).toBe("You said: Hello");
  expect((await say("Hello", {}, { Accept: "text/event-stream" })).data()).toHaveLength(5);
  expect((await say("Hello", {}, { Accept: "application/json, text/event-stream;q=0.5" })).json(200).content).toBe("You said: Hello");
  expect((await say("Hello", {}, { Accept: "text/event-stream, application/json;q=0.5" })).data()).toHaveLength(5);
});

test("200: the channel is the session's", async () => {
  const answer = (await say("Hello", { channel: "telegram" })).json(200);
  expect(answer.channel).toBe("telegram");
  expect((await server.call("getConversation", { path: { id: answer.conversation_id } })).json(200).channel).toBe("telegram");
});

test("202: the turn goes on by itself, and `Location` leads to it", async () => {
  const answer = await say("Hello [slow 3]", { wait_for_response: false });
  const { run_id: runId, conversation_id: sessionId } = answer.json(202);
  expect(answer.headers.get("Location")).toBe(`/api/v1/runs/${runId}`);
  expect(answer.headers.get("X-Run-Id")).toBe(runId);
  const events = await server.call("streamRunEvents", { path: { runId } });
  expect(events.data().at(-1).type).toBe("done");
  expect((await server.call("getRun", { path: { runId } })).json(200)).toMatchObject({ status: "completed", sessionId, content: "slow0 slow1 slow2 " });
});

test("408: past `timeout_ms` the answer names the run, and the run goes on", async () => {
  const conversation = { conversation_id: freshId() };
  // The turn before it takes its time, so that this one has to wait.
  await say("One [slow 30]", { ...conversation, wait_for_response: false });
  const refused = (await say("Two", { ...conversation, timeout_ms: 40 })).json(408);
  expect(refused).toMatchObject({ error: "timeout", details: { ...conversation, run_id: expect.stringMatching(/^run_/) } });
  const path = { runId: String(refused.details["run_id"]) };
  expect((await server.call("getRun", { path })).json(200).status).toBe("running");
  await vi.waitFor(async () => expect((await server.call("getRun", { path })).json(200)).toMatchObject({ status: "completed", content: "You said: Two" }), { timeout: 10_000, interval: 10 });
  const { messages } = (await server.call("getConversation", { path: { id: conversation.conversation_id } })).json(200);
  expect(messages.map(({ role }) => role)).toEqual(["user", "assistant", "user", "assistant"]);
});

test("408: a stream whose first event does not come in time is a plain error", async () => {
  const refused = (await say("Hello [hang]", { timeout_ms: 40 }, { Accept: "text/event-stream" })).json(408);
  await server.call("cancelRun", { path: { runId: String(refused.details["run_id"]) } });
});

test("a stream that has begun is not cut by `timeout_ms`", async () => {
  const data = (await say("Hello [slow 30]", { timeout_ms: 400 }, { Accept: "text/event-stream" })).data();
  expect(data.at(-1).type).toBe("done");
});
