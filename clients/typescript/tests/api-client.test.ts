import { OpenClaw } from "@openclaw/api-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestGateway, teamToken, type TestGateway } from "../../../contract-tests/harness/gateway.ts";

let gateway: TestGateway;
let client: OpenClaw;

beforeAll(async () => {
  gateway = await startTestGateway({ settings: { workspaces: [{ id: "team", label: "Team", agent: "main" }] } });
  client = new OpenClaw({ baseUrl: gateway.url, apiKey: teamToken });
});
afterAll(() => gateway.close());

test("the workspaces document's first example", async () => {
  const response = await client.messages.send({ workspace: "team", userId: "my-app", message: "What is the status of our deployment?" });
  expect(response.response).toBe("You said: What is the status of our deployment?");
  expect(response).toMatchObject({ messageId: expect.any(String), tokensUsed: expect.any(Number), latencyMs: expect.any(Number), toolsInvoked: [], finishReason: "stop" });
});

test("the workspaces document's second example: the stream is text", async () => {
  let text = "";
  for await (const token of client.messages.stream({ workspace: "team", userId: "my-app", message: "Write a comprehensive deployment checklist" })) text += token;
  expect(text).toBe("You said: Write a comprehensive deployment checklist");
});

test("events has the tools and the end as well", async () => {
  const events = await Array.fromAsync(client.messages.stream({ workspace: "team", message: "calculate 2+2" }).events());
  expect(events[0]).toMatchObject({ type: "tool_use", tool: "calculate", input: { expression: "2+2" } });
  expect(events[1]).toMatchObject({ type: "tool_result", output: "4" });
  expect(events.at(-1)).toMatchObject({ type: "done", toolsInvoked: ["calculate"], finishReason: "stop" });
});

test("sessions are listed, read, paged and deleted", async () => {
  const { sessionId } = await client.messages.send({ workspace: "team", userId: "lister", message: "hi", context: { timezone: "America/New_York" } });
  const { sessions } = await client.sessions.list({ userId: "lister" });
  expect(sessions).toMatchObject([{ id: sessionId, workspace: "team", userId: "lister", messageCount: 2 }]);
  expect(await client.sessions.get(sessionId)).toMatchObject({ id: sessionId, agentId: "main" });
  expect(await client.sessions.history(sessionId, { limit: 1 })).toMatchObject({ total: 2, limit: 1, offset: 0, messages: [{ role: "user", content: "hi" }] });
  await client.sessions.delete(sessionId);
  await expect(client.sessions.get(sessionId)).rejects.toMatchObject({ status: 404 });
  const { deleted } = await client.sessions.deleteAll({ workspace: "team" });
  expect(deleted).toBeGreaterThan(0);
  expect((await client.sessions.list()).sessions).toEqual([]);
});

test("an error has what the document's error handling reads", async () => {
  const refusing = new OpenClaw({
    baseUrl: gateway.url,
    fetch: async () =>
      Response.json(
        { error: "rate_limited", message: "Slow down.", status: 429, details: {}, requestId: "req_1", retryAfter: 7 },
        { status: 429, headers: { "X-RateLimit-Reset": "1746005400", "Retry-After": "7" } },
      ),
  });
  const error = await refusing.messages.send({ message: "hi" }).then(
    () => expect.unreachable(),
    (thrown: { status: number; headers: Record<string, string>; retryAfter: number }) => thrown,
  );
  expect(error.status).toBe(429);
  expect(new Date(Number(error.headers["x-ratelimit-reset"]) * 1000).getUTCFullYear()).toBe(2025);
  expect(error.retryAfter).toBe(7);
});
