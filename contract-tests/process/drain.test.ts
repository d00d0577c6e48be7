import { connect } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { startOpenAiUpstream } from "../fakes/openai-upstream.ts";
import type { FakeUpstream } from "../fakes/upstream-server.ts";
import { ownerToken, startTestGateway, type TestGateway } from "../harness/gateway.ts";
import { readEvents, type ReceivedEvent } from "../harness/sse.ts";
import { openAndStopReading } from "./raw-client.ts";

// What becomes of turns that do not end in the time that a stop gives them. In this process, where that time is short.

const drainMs = 150;

async function start(): Promise<{ gateway: TestGateway; upstream: FakeUpstream }> {
  const upstream = await startOpenAiUpstream();
  onTestFinished(() => upstream.close());
  const models = { default: "fake/gpt-5-mini", providers: { fake: { type: "openai", baseUrl: upstream.url, apiKey: "x", models: [{ id: "gpt-5-mini" }] } } };
  const gateway = await startTestGateway({ settings: { models } });
  onTestFinished(() => gateway.close());
  return { gateway, upstream };
}

const messages = [{ role: "user", content: "Hello [hang-mid]" }];
const streams: { face: string; path: string; json: object; accept?: string }[] = [
  { face: "agents", path: "/api/v1/chat/stream", json: { message: "Hello [hang-mid]", agentId: "main" } },
  { face: "conversations", path: "/api/v1/chat/stream", json: { message: "Hello [hang-mid]", conversationId: null } },
  { face: "workspaces", path: "/api/v1/messages/stream", json: { message: "Hello [hang-mid]" } },
  { face: "operator", path: "/api/v1/message", json: { message: "Hello [hang-mid]", channel: "api" }, accept: "text/event-stream" },
];

const isTerminal = ({ data }: ReceivedEvent) => ["done", "end", "error"].includes(data.type);

test.each(streams)("a stream of the $face face ends with one error event that says to come back", async ({ path, json, accept }) => {
  const { gateway, upstream } = await start();
  const answer = await gateway.call(path, { json, headers: { ...(accept && { Accept: accept }) } });
  const events = readEvents(answer);
  const first = (await events.next()).value as ReceivedEvent;
  const rest = Array.fromAsync(events);
  await gateway.running.stop(drainMs);
  const all = [first, ...(await rest)];
  expect(all.filter(isTerminal)).toHaveLength(1);
  expect(all.at(-1)?.data).toMatchObject({ type: "error", error: "service_unavailable", status: 503, message: expect.stringContaining("come back"), retryAfter: expect.any(Number) });
  await upstream.untilAborted(1);
});

test("a stream of OpenAI's face ends with an error, and not as if it were whole", async () => {
  const { gateway } = await start();
  const answer = await gateway.call("/api/v1/openai/chat/completions", { json: { model: "gpt-5-mini", messages, stream: true } });
  const events = readEvents(answer);
  await events.next();
  const rest = Array.fromAsync(events);
  await gateway.running.stop(drainMs);
  const all = await rest;
  expect(all.filter(({ data }) => data.error !== undefined)).toHaveLength(1);
  expect(all.findLast(({ data }) => data !== "[DONE]")?.data).toMatchObject({ error: { code: "service_unavailable", message: expect.stringContaining("come back") } });
});

test("a request that waits for JSON is answered 503 with Retry-After, and the run is stored as failed", async () => {
  const { gateway, upstream } = await start();
  const answer = gateway.call("/api/v1/chat", { json: { message: "Hello [hang]", conversationId: "conv_a" } });
  await upstream.untilRequests(1);
  await gateway.running.stop(drainMs);
  const { status, headers } = await answer;
  expect(status).toBe(503);
  expect(Number(headers.get("Retry-After"))).toBeGreaterThan(0);
  expect(await (await answer).json()).toMatchObject({ error: "service_unavailable", status: 503, message: expect.stringContaining("come back") });
  const database = new DatabaseSync(join(gateway.stateDir, "openclaw.db"), { readOnly: true });
  onTestFinished(() => database.close());
  expect(database.prepare("SELECT status, error_code FROM runs").all()).toEqual([{ status: "failed", error_code: "service_unavailable" }]);
  expect(database.prepare("SELECT role, content FROM messages").all()).toEqual([{ role: "user", content: "Hello [hang]" }]);
});

test("a turn that ends in the time is whole, and nothing is waited for after it", async () => {
  const { gateway } = await start();
  const answer = await gateway.call("/api/v1/chat/stream", { json: { message: "Hello [slow 10]", agentId: "main" } });
  const asked = performance.now();
  const [all] = await Promise.all([Array.fromAsync(readEvents(answer)), gateway.running.stop(20_000)]);
  expect(all.at(-1)?.data).toMatchObject({ type: "end" });
  expect(performance.now() - asked).toBeLessThan(10_000);
});

test("a reader that does not read does not hold up the stop", async () => {
  const { gateway } = await start();
  const port = Number(new URL(gateway.url).port);
  await openAndStopReading(port, "/api/v1/chat/stream", { message: "Hello [endless]", agentId: "main" }, { until: /data: /, token: ownerToken });
  const asked = performance.now();
  await gateway.running.stop(drainMs);
  expect(performance.now() - asked).toBeLessThan(5000);
});

test("a request that is still being sent when the gateway stops is answered 503, not with a fault", async () => {
  const { gateway } = await start();
  const body = JSON.stringify({ message: "Hello", agentId: "main" });
  const socket = connect(Number(new URL(gateway.url).port), "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  const head = ["POST /api/v1/chat HTTP/1.1", "Host: localhost", `Authorization: Bearer ${ownerToken}`, "Content-Type: application/json", `Content-Length: ${body.length}`];
  socket.write(`${head.join("\r\n")}\r\n\r\n${body.slice(0, 5)}`);
  // Another answer shows that the server has had the time to take the first.
  expect((await gateway.call("/readyz")).status).toBe(200);
  const stopped = gateway.running.stop(drainMs);
  // The database is closed by now: nothing was under way.
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.write(body.slice(5));
  const answer = await text(socket);
  await stopped;
  expect(answer.split("\r\n")[0]).toBe("HTTP/1.1 503 Service Unavailable");
  expect(answer).toContain('"error":"service_unavailable"');
});

test("stop may be called twice: both wait for the same end", async () => {
  const { gateway } = await start();
  await Promise.all([gateway.running.stop(drainMs), gateway.running.stop(drainMs)]);
  await expect(fetch(`${gateway.url}/livez`)).rejects.toThrow("fetch failed");
});
