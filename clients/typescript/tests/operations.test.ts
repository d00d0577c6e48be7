import { OpenClaw } from "@openclaw/api-client";
import { OpenClawClient } from "@openclaw/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readFile } from "node:fs/promises";
import { ownerToken, startTestGateway, type TestGateway } from "../../../contract-tests/harness/gateway.ts";
import { operationsById } from "../../../generated/clients/operations.ts";
import { startCuttingProxy } from "./cutting-proxy.ts";

// Every operation by its name, as both packages have it.

let gateway: TestGateway;
let client: OpenClawClient;

beforeAll(async () => {
  gateway = await startTestGateway();
  client = new OpenClawClient({ baseUrl: gateway.url, token: ownerToken });
});
afterAll(() => gateway.close());

test("every operation of the contract but the WebSocket can be called", async () => {
  const list = await readFile(new URL("../../../generated/operations.txt", import.meta.url), "utf8");
  const promised = list.trim().split("\n").map((line) => line.split(" ").slice(0, 3));
  const known = Object.entries(operationsById).map(([id, words]) => [id, ...words.split(" ").slice(0, 2)]);
  expect(known).toEqual(promised.filter(([id]) => id !== "openSocket"));
});

test("path, query and body go where they belong; what has no body answers nothing", async () => {
  const workspace = await client.call("createWorkspace", { body: { id: "a b", label: "A", agent: "main" } }).catch((error: { status: number }) => error.status);
  expect(workspace).toBe(400);
  const memory = await client.call("createMemory", { body: { text: "the sky is green" } });
  expect((await client.call("listMemories", { query: { limit: 1 } })).memories).toMatchObject([{ id: memory.id }]);
  expect(await client.call("deleteMemory", { path: { memoryId: memory.id } })).toBeUndefined();
  await expect(client.call("deleteMemory", { path: { memoryId: memory.id } })).rejects.toMatchObject({ status: 404, code: "not_found" });
  const odd = client.call("getRun", { path: { runId: "a/b?c#d é" } });
  await expect(odd).rejects.toMatchObject({ name: "OpenClawError", status: expect.toSatisfy((status: number) => status === 400 || status === 404) });
});

test.each(["", ".", ".."])("a name that would make another address is not sent: `%s`", async (sessionId) => {
  await expect(client.call("deleteSession", { path: { sessionId } })).rejects.toThrow(/`sessionId` is missing/);
});

test("text is answered as text, JSON as JSON", async () => {
  expect(await client.call("getOpenapiYaml")).toContain("openapi: 3.");
  expect(await client.call("getOpenapiJson")).toHaveProperty("paths");
  expect(await client.call("getMetrics")).toBeTypeOf("object");
});

test("a stream of any operation, with OpenAI's events", async () => {
  const body = { model: "openclaw", stream: true, messages: [{ role: "user" as const, content: "one two" }] };
  const stream = client.streamOf("createChatCompletion", { body });
  const text = (await Array.fromAsync(stream)).map((chunk) => (typeof chunk === "object" && "choices" in chunk ? (chunk.choices[0]?.delta.content ?? "") : "")).join("");
  expect(text).toBe("You said: one two");
});

test("a request that is sent twice is answered once", async () => {
  const replayed: (string | null)[] = [];
  const keyed = new OpenClawClient({
    baseUrl: gateway.url,
    token: ownerToken,
    // Carries it out, and loses the answer the first time.
    async fetch(input, init) {
      const response = await fetch(input, init);
      replayed.push(response.headers.get("idempotency-replayed"));
      if (replayed.length === 1) throw new TypeError("terminated");
      return response;
    },
  });
  const before = (await Array.fromAsync(client.list("listMemories"))).length;
  const { id } = await keyed.call("createMemory", { body: { text: "once" } });
  expect(replayed).toEqual([null, "true"]);
  expect(await Array.fromAsync(client.list("listMemories"))).toHaveLength(before + 1);
  await client.call("deleteMemory", { path: { memoryId: id } });
});

test.each([["@openclaw/sdk", () => client], ["@openclaw/api-client", () => new OpenClaw({ baseUrl: gateway.url, apiKey: ownerToken })]] as const)("%s has lists as loops over all their pages", async (_, clientOf) => {
  const ids: string[] = [];
  for (const text of ["a", "b", "c", "d", "e"]) ids.push((await client.message(text)).conversationId);
  const found: string[] = [];
  for await (const { id } of clientOf().list("listConversations", { query: { limit: 2 } })) found.push(id);
  expect(found.slice(0, 5).sort()).toEqual(ids.sort());
  const events = await Array.fromAsync(clientOf().list("listEvents", { query: { limit: 3, types: ["conversation.created", "session.ended"] } }));
  expect(events.length).toBeGreaterThan(4);
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  await expect(Array.fromAsync(clientOf().list("listDeliveries", { path: { webhookId: "wh_none" } }))).rejects.toMatchObject({ status: 404 });
});

test("events are followed behind one, over connections that are cut, until the loop is left", async () => {
  const proxy = await startCuttingProxy(gateway.url, { times: 2, writesBefore: 2 });
  const { last } = await client.call("listEvents", { query: { limit: 100, types: ["session.ended"] } });
  const asked: string[] = [];
  for (const text of ["f", "g", "h", "i", "j", "k"]) asked.push((await client.message(text)).conversationId);
  let cuts = 0;
  const seen: string[] = [];
  const following = new OpenClawClient({ baseUrl: proxy.url, token: ownerToken }).events.follow({ after: last, types: ["conversation.created"] }, { onReconnect: () => cuts++ });
  for await (const event of following) {
    if (event.event === "conversation.created") seen.push(event.data.conversationId);
    // One that happens while it is followed.
    if (seen.length === 6) asked.push((await client.message("l")).conversationId);
    if (seen.length === 7) break;
  }
  expect(seen).toEqual(asked);
  expect(cuts).toBe(proxy.cuts);
  await proxy.close();
});

test("following ends with its signal, and throws what waiting does not change", async () => {
  const reason = new Error("had enough");
  const controller = new AbortController();
  const waiting = Array.fromAsync(client.events.follow({}, { signal: controller.signal }));
  controller.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  await expect(Array.fromAsync(client.events.follow({ workspace: "none" }))).rejects.toMatchObject({ status: 404 });
});
