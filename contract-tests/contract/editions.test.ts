import { describe, expect, test } from "vitest";
import { agentsToken, teamToken } from "../harness/gateway.ts";
import { freshId } from "./ids.ts";
import { useServer } from "./targets.ts";

// `/chat` and `/chat/stream` are two documents' on one path: the body decides, and where it does not, the key.

const server = useServer();
const hello = "Hello";

describe("200", () => {
  test("a bare message is answered in the edition of its key", async () => {
    expect((await server.call("chat", { json: { message: hello }, token: agentsToken })).json(200)).toMatchObject({ status: "ok", response: { content: `You said: ${hello}` } });
    for (const token of [undefined, teamToken]) {
      const answer = await server.call("chat", { json: { message: hello }, ...(token ? { token } : {}) });
      expect(answer.json(200)).toMatchObject({ role: "assistant", content: `You said: ${hello}` });
    }
  });

  test("so is a bare streamed one, by POST and by GET", async () => {
    const json = { message: hello };
    const last = async (token: string, get: boolean) => (await (get ? server.call("streamChatByQuery", { query: json, token }) : server.call("streamChat", { json, token }))).data().at(-1).type;
    expect([await last(agentsToken, false), await last(agentsToken, true)]).toEqual(["end", "end"]);
    expect([await last(teamToken, false), await last(teamToken, true)]).toEqual(["done", "done"]);
  });

  test.each([{ agentId: "main" }, { sessionId: null }, { sessionId: freshId() }])("%o makes it the agents edition, whatever the key", async (members) => {
    expect((await server.call("chat", { json: { message: hello, ...members } })).json(200)).toMatchObject({ status: "ok" });
  });

  test.each([{ conversationId: null }, { model: "gpt-5" }, { systemPrompt: "Be brief." }, { maxTokens: 5 }, { temperature: 0 }])("%o makes it the conversations edition, whatever the key", async (members) => {
    expect((await server.call("chat", { json: { message: hello, ...members }, token: agentsToken })).json(200)).toMatchObject({ role: "assistant" });
  });

  test("`stream: true` answers as `/chat/stream` does, in both editions", async () => {
    const types = async (more: object) => (await server.call("chat", { json: { message: hello, stream: true, ...more } })).data().map(({ type }) => type);
    expect(await types({ agentId: "main" })).toEqual(["start", "text", "text", "text", "end"]);
    expect(await types({ conversationId: null })).toEqual(["start", "delta", "delta", "delta", "done"]);
  });

  test("JSON and the stream say the same, and name the same session", async () => {
    const conversationId = freshId();
    const whole = (await server.call("chat", { json: { message: hello, conversationId } })).json(200);
    const data = (await server.call("streamChat", { json: { message: hello, conversationId } })).data();
    expect(data.filter(({ type }) => type === "delta").map(({ content }) => content).join("")).toBe("content" in whole && whole.content);
    expect(data[0].conversationId).toBe(conversationId);
    expect(whole).toMatchObject({ conversationId });
  });

  test("the conversations edition's wishes reach the provider", async () => {
    server.upstream.reset();
    (await server.call("chat", { json: { message: hello, model: "openai/gpt-5", systemPrompt: "Be brief.", maxTokens: 7, temperature: 0.5 } })).json(200);
    const [request] = server.upstream.requests.filter(({ method }) => method === "POST");
    const messages = [{ role: "system", content: "Be brief." }, { role: "user", content: hello }];
    expect(request?.body).toMatchObject({ model: "gpt-5", max_tokens: 7, temperature: 0.5, messages });
  });

  test("the workspaces edition's `context` reaches the agent", async () => {
    server.upstream.reset();
    (await server.call("sendMessage", { json: { message: hello, context: { timezone: "America/New_York" } } })).json(200);
    const body = server.upstream.requests.at(-1)?.body as { messages: { role: string; content: string }[] };
    expect(body.messages[0]?.role).toBe("system");
    expect(body.messages[0]?.content).toContain('{"timezone":"America/New_York"}');
  });

  test("tools that were called are named in the answer", async () => {
    const answer = (await server.call("sendMessage", { json: { message: "calculate 6*7" } })).json(200);
    expect(answer).toMatchObject({ response: "The tool says: 42", toolsInvoked: ["calculate"], finishReason: "stop" });
    expect((await server.call("sendMessage", { json: { message: "Say a lot [length]" } })).json(200).finishReason).toBe("length");
  });
});

describe("400", () => {
  const pathsOf = async (json: object) => (await server.call("chat", { json })).json(400).details.errors?.map(({ path }) => path) ?? [];

  test("a body that mixes the editions names the field", async () => {
    expect(await pathsOf({ message: hello, agentId: "main", temperature: 1 })).toContain("/temperature");
    expect(await pathsOf({ message: hello, conversationId: "c", model: "m", sessionId: "s" })).toContain("/sessionId");
  });

  test("an unknown field is named, and so is each of several faults", async () => {
    expect(await pathsOf({ message: hello, agentId: "main", mesage: "typo" })).toEqual(["/mesage"]);
    expect((await pathsOf({ conversationId: "c", maxTokens: 0, temperature: "hot" })).sort()).toEqual(["/maxTokens", "/message", "/temperature"]);
  });

  test("a query that mixes the editions names the parameter", async () => {
    const refused = (await server.call("streamChatByQuery", { query: { message: hello, agentId: "main", model: "gpt-5" } })).json(400);
    expect(refused.details.errors?.map(({ path }) => path)).toEqual(["/query/agentId"]);
  });

  test("an unknown agent is refused with the list of the known ones", async () => {
    const refused = (await server.call("chat", { json: { agentId: "nobody", message: hello } })).json(400);
    expect(refused.details).toMatchObject({ agents: ["main", "my-agent"], errors: [{ path: "/agentId" }] });
    (await server.call("streamChat", { json: { agentId: "nobody", message: hello } })).json(400);
  });
});

describe("409", () => {
  test("a session belongs to the agent it began with", async () => {
    const sessionId = await server.makeSession();
    expect((await server.call("chat", { json: { agentId: "main", sessionId, message: hello } })).json(409).error).toBe("conflict");
    (await server.call("streamChat", { json: { agentId: "main", sessionId, message: hello } })).json(409);
    (await server.call("streamChatByQuery", { query: { agentId: "main", sessionId, message: hello } })).json(409);
  });
});
