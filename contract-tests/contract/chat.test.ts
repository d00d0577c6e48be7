import { describe, expect, test } from "vitest";
import { isTerminal } from "../../server/conformance/events.ts";
import { describeTargets } from "./targets.ts";

const stream = { Accept: "text/event-stream" };

describeTargets((target) => {
  describe("POST /api/v1/chat", () => {
    test("200: answers in the agents edition when the body is of it", async () => {
      const { status, sessionId, response } = (await target.call("chat", { json: { agentId: "my-agent", message: "Hello" }, mock: { example: "agents" } })).json(200) as never as Record<string, never>;
      expect({ status, sessionId: typeof sessionId, content: typeof response }).toEqual({ status: "ok", sessionId: "string", content: "object" });
    });

    test("200: answers in the conversations edition when the body is of it", async () => {
      const answer = await target.call("chat", { json: { message: "Hello", conversationId: null }, mock: { example: "conversations" } });
      expect(answer.json(200)).toMatchObject({ role: "assistant", content: expect.any(String), conversationId: expect.any(String) });
    });

    test("200: streams with `stream: true`", async () => {
      const answer = await target.call("chat", { json: { agentId: "my-agent", message: "Hello", stream: true }, headers: stream, mock: { example: "agents" } });
      expect(answer.data()[0]).toMatchObject({ type: "start", sessionId: expect.any(String) });
    });

    test("400: refuses a body without a message, and one that mixes the editions", async () => {
      (await target.call("chat", { json: { agentId: "my-agent" } })).json(400);
      (await target.call("chat", { json: { message: "Hello", agentId: "my-agent", temperature: 1 } })).json(400);
      (await target.call("chat", { json: { message: "Hello", temperature: 3 } })).json(400);
    });

    test("404: does not know a model that no provider has", async () => {
      const answer = await target.call("chat", { json: { message: "Hello", model: "openai/nobodys-model" }, mock: { status: 404 } });
      expect(answer.json(404).error).toBe("not_found");
    });
  });

  describe("POST /api/v1/chat/stream", () => {
    test("200: streams in the edition of the body", async () => {
      const agents = await target.call("streamChat", { json: { agentId: "my-agent", message: "Hello" }, headers: stream, mock: { example: "agents" } });
      expect([agents.data()[0].type, agents.data().at(-1).type]).toEqual(["start", "end"]);
      const conversations = await target.call("streamChat", { json: { message: "Hello", maxTokens: 50 }, headers: stream, mock: { example: "conversations" } });
      expect([conversations.data()[0].type, conversations.data().at(-1).type]).toEqual(["start", "done"]);
      expect(conversations.headers.get("Cache-Control") ?? "no-cache").toContain("no-cache");
    });

    test("400: refuses an empty message before it streams", async () => {
      (await target.call("streamChat", { json: { message: "" } })).json(400);
    });
  });

  describe("GET /api/v1/chat/stream", () => {
    test("200: takes the same as query parameters", async () => {
      const agents = await target.call("streamChatByQuery", { query: { message: "Hello", agentId: "my-agent" }, headers: stream, mock: { example: "agents" } });
      expect(agents.data().at(-1)).toMatchObject({ type: "end" });
      const conversations = await target.call("streamChatByQuery", { query: { message: "Hello", temperature: "0.5" }, headers: stream, mock: { example: "conversations" } });
      expect(conversations.data().at(-1)).toMatchObject({ type: "done" });
    });

    test("400: refuses a query without a message, or with a value out of bounds", async () => {
      (await target.call("streamChatByQuery", {})).json(400);
      (await target.call("streamChatByQuery", { query: { message: "Hello", temperature: "hot" } })).json(400);
    });
  });

  describe("POST /api/v1/messages", () => {
    test("200: answers the whole turn", async () => {
      const answer = await target.call("sendMessage", { json: { message: "Hello", userId: "api-user", context: { language: "en" } } });
      expect(answer.json(200)).toMatchObject({ response: expect.any(String), finishReason: "stop" });
    });

    test("400: refuses another edition's members", async () => {
      (await target.call("sendMessage", { json: { message: "Hello", conversationId: "conv_1" } })).json(400);
    });

    test("404: does not know a workspace that is not there", async () => {
      (await target.call("sendMessage", { json: { message: "Hello", workspace: "nowhere" }, mock: { status: 404 } })).json(404);
    });
  });

  describe("POST /api/v1/messages/stream", () => {
    test("200: streams tokens and a done", async () => {
      const answer = await target.call("streamMessage", { json: { message: "Hello" }, headers: stream });
      expect(answer.data().some(({ type }) => type === "token")).toBe(true);
      expect(answer.data().at(-1).type).toBe("done");
    });

    test("400 and 404: fails as JSON before it streams", async () => {
      (await target.call("streamMessage", { json: {} })).json(400);
      (await target.call("streamMessage", { json: { message: "Hello", workspace: "nowhere" }, mock: { status: 404 } })).json(404);
    });
  });

  describe("POST /api/v1/message", () => {
    const json = { channel: "api", message: "What is the weather like tomorrow?" };

    test("200: answers JSON", async () => {
      const answer = await target.call("message", { json, headers: { Accept: "application/json" } });
      expect(answer.json(200)).toMatchObject({ channel: "api", content: expect.any(String), conversation_id: expect.any(String) });
    });

    test("200: streams when `Accept` asks for events", async () => {
      const data = (await target.call("message", { json, headers: stream })).data();
      expect(data[0]).toMatchObject({ type: "start", conversation_id: expect.any(String) });
      expect(data.map(isTerminal)).toEqual(data.map((_, index) => index === data.length - 1));
    });

    test("202: answers at once with `wait_for_response: false`", async () => {
      const answer = await target.call("message", { json: { ...json, wait_for_response: false }, mock: { status: 202 } });
      expect(answer.json(202)).toMatchObject({ status: "running" });
      expect(answer.headers.get("Location")).toBeTruthy();
    });

    test("400: refuses a body without a channel", async () => {
      (await target.call("message", { json: { message: "Hello" } })).json(400);
      (await target.call("message", { json: { ...json, timeout_ms: 0 } })).json(400);
    });

    test("404: does not know the event of a run that is not there", async () => {
      const answer = await target.call("message", { json, headers: { ...stream, "Last-Event-ID": "run_nobody:3" }, mock: { status: 404 } });
      expect(answer.json(404).error).toBe("not_found");
    });
  });
});
