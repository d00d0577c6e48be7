import { expect, test } from "vitest";
import { agentsToken } from "../harness/gateway.ts";
import { endlessStreams, expectedStream, expectedStreams, normalised, streamPrompt } from "../streams/expected.ts";
import type { CallRequest } from "./target.ts";
import { useServer } from "./targets.ts";
import type { OperationId } from "./operations.ts";

// The server's bytes against those that stand in spec/streams: frames, ids and the order of members included.

const server = useServer();

const completion = { model: "gpt-5-mini", messages: [{ role: "user", content: streamPrompt }], stream: true, stream_options: { include_usage: true } };
const events = { Accept: "text/event-stream" };

/** How each edition begins a stream. */
const begin: Record<string, [OperationId, CallRequest]> = {
  agents: ["streamChat", { json: { message: streamPrompt, agentId: "main" } }],
  conversations: ["streamChat", { json: { message: streamPrompt, conversationId: null } }],
  workspaces: ["streamMessage", { json: { message: streamPrompt } }],
  operator: ["message", { json: { message: streamPrompt, channel: "api" }, headers: events }],
  openai: ["createChatCompletion", { json: completion }],
};

const others: Record<string, CallRequest> = {
  "chat.agents": { json: { message: streamPrompt, agentId: "main", stream: true } },
  "chat.conversations": { json: { message: streamPrompt, conversationId: null, stream: true } },
  "streamChatByQuery.agents": { query: { message: streamPrompt }, token: agentsToken },
  "streamChatByQuery.conversations": { query: { message: streamPrompt } },
};

const ending = expectedStreams.filter(({ operationId }) => operationId !== "streamRunEvents" && !endlessStreams.has(operationId));

test.each(ending)("$operationId.$edition", async ({ operationId, edition, text }) => {
  const request = others[`${operationId}.${edition}`] ?? begin[edition]?.[1] ?? {};
  const answer = await server.call(operationId as OperationId, { ...request, headers: { ...request.headers, ...events } });
  expect(answer.headers.get("Content-Type")).toBe("text/event-stream; charset=utf-8");
  expect(normalised(answer.text)).toBe(normalised(text));
});

test.each(Object.entries(begin))("streamRunEvents.%s gives the same bytes again, ids included", async (edition, [id, request]) => {
  const first = await server.call(id, request);
  const again = await server.call("streamRunEvents", { path: { runId: first.headers.get("X-Run-Id") ?? "" } });
  expect(again.text).toBe(first.text);
  expect(normalised(again.text)).toBe(normalised(expectedStream("streamRunEvents", edition)));
});
