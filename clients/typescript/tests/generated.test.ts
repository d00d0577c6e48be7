import { createClient, getConversation, streamChat, streamMessage, type ChatEvent } from "@openclaw/sdk/generated";
import { afterAll, beforeAll, expect, expectTypeOf, test } from "vitest";
import { ownerToken, startTestGateway, type TestGateway } from "../../../contract-tests/harness/gateway.ts";

let gateway: TestGateway;
let client: ReturnType<typeof createClient>;

beforeAll(async () => {
  gateway = await startTestGateway();
  client = createClient({ baseUrl: gateway.url, auth: ownerToken });
});
afterAll(() => gateway.close());

test("a streaming operation is a typed loop", async () => {
  const { stream } = await streamChat({ client, body: { message: "hi there", conversationId: null }, sseMaxRetryAttempts: 1 });
  let text = "";
  for await (const event of stream) {
    expectTypeOf(event).toEqualTypeOf<ChatEvent>();
    if (event.type === "delta") text += event.content;
  }
  expect(text).toContain("hi there");
});

test("another face of it", async () => {
  const { stream } = await streamMessage({ client, body: { message: "one two" }, sseMaxRetryAttempts: 1 });
  const events = await Array.fromAsync(stream);
  expect(events.at(-1)).toMatchObject({ type: "done", finishReason: "stop" });
});

test("an error answer is a value", async () => {
  const { data, error, response } = await getConversation({ client, path: { id: "conv_none" } });
  expect(data).toBeUndefined();
  expect(error).toMatchObject({ error: "not_found", status: 404 });
  expect(response?.status).toBe(404);
});
