import { describe, expect, test } from "vitest";
import { describeTargets, useServer } from "./targets.ts";

const stream = { Accept: "text/event-stream" };
const hello = { model: "gpt-5-mini", messages: [{ role: "user", content: "Hello" }] };

describeTargets((target) => {
  describe("POST /api/v1/openai/chat/completions", () => {
    test("200: answers a chat completion", async () => {
      const { object, choices } = (await target.call("createChatCompletion", { json: hello, headers: { Accept: "application/json" } })).json(200);
      expect([object, choices.length, choices[0]?.finish_reason]).toEqual(["chat.completion", 1, "stop"]);
    });

    test("200: streams chunks and `[DONE]`", async () => {
      const data = (await target.call("createChatCompletion", { json: { ...hello, stream: true }, headers: stream })).data();
      expect(data[0].choices[0].delta.role).toBe("assistant");
      expect(data.at(-1)).toBe("[DONE]");
    });

    test("400: refuses what it does not support", async () => {
      (await target.call("createChatCompletion", { json: { ...hello, n: 2 } })).json(400);
      (await target.call("createChatCompletion", { json: { ...hello, logit_bias: {} } })).json(400);
      (await target.call("createChatCompletion", { json: { ...hello, messages: [] } })).json(400);
    });

    test("404: does not know a model that no provider has", async () => {
      (await target.call("createChatCompletion", { json: { ...hello, model: "nobodys-model" }, mock: { status: 404 } })).json(404);
    });
  });

  describe("GET /api/v1/openai/models", () => {
    test("200: lists the models", async () => {
      const { data } = (await target.call("listOpenaiModels")).json(200);
      expect(data.map(({ id }) => id)).toContain("openai/gpt-5-mini");
    });
  });

  describe("GET /api/v1/openai/models/{model}", () => {
    test("200: finds a model by its whole name and by its own", async () => {
      for (const model of ["openai/gpt-5-mini", "gpt-5-mini"]) {
        expect((await target.call("getOpenaiModel", { path: { model } })).json(200)).toMatchObject({ id: "openai/gpt-5-mini", owned_by: "openai" });
      }
    });

    test("400: refuses a name that is too long", async () => {
      (await target.call("getOpenaiModel", { path: { model: "m".repeat(300) } })).json(400);
    });

    test("404: does not know a model that no provider has", async () => {
      (await target.call("getOpenaiModel", { path: { model: "nobodys-model" }, mock: { status: 404 } })).json(404);
    });
  });
});

describe("the server", () => {
  const server = useServer();
  const complete = (more: object) => server.call("createChatCompletion", { json: { ...hello, ...more } });

  test("400: names the parameter at fault in OpenAI's way", async () => {
    const param = async (more: object) => (await complete(more)).json(400).error.param;
    expect(await param({ n: 2 })).toBe("n");
    expect(await param({ logit_bias: {} })).toBe("logit_bias");
    expect(await param({ messages: [{ role: "user" }] })).toBe("messages[0].content");
    expect(await param({ temperature: 3 })).toBe("temperature");
  });

  test("404: has the code that OpenAI's SDKs look for", async () => {
    expect((await complete({ model: "nobodys-model" })).json(404).error).toMatchObject({ type: "not_found_error", code: "model_not_found" });
    const found = await server.call("getOpenaiModel", { path: { model: "nobodys-model" } });
    expect(found.json(404).error.code).toBe("model_not_found");
  });

  test("a stream carries the usage only where it was asked for, once", async () => {
    const usages = async (more: object) => (await complete({ stream: true, ...more })).data().map(({ usage }) => usage).filter(Boolean);
    expect(await usages({})).toEqual([]);
    const [usage, ...more] = await usages({ stream_options: { include_usage: true } });
    expect(more).toEqual([]);
    expect(usage.total_tokens).toBe(usage.prompt_tokens + usage.completion_tokens);
  });

  test("JSON and the stream of one request say the same", async () => {
    const whole = (await complete({})).json(200);
    const chunks = (await complete({ stream: true, stream_options: { include_usage: true } })).data().slice(0, -1);
    const content = chunks.map(({ choices: [choice] }) => choice?.delta.content ?? "").join("");
    expect(content).toBe(whole.choices[0]?.message.content);
    expect(chunks.at(-1).usage).toEqual(whole.usage);
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
  });

  test("tools of the caller's own come back as calls, and are not run here", async () => {
    const tools = [{ type: "function", function: { name: "get_weather", parameters: { type: "object", properties: { city: { type: "string" } } } } }];
    const messages = [{ role: "user", content: 'call get_weather {"city":"Bern"}' }];
    const [choice] = (await complete({ tools, messages })).json(200).choices;
    const call = { type: "function", function: { name: "get_weather", arguments: '{"city":"Bern"}' } };
    expect(choice).toMatchObject({ finish_reason: "tool_calls", message: { content: null, tool_calls: [call] } });
    const chunks = (await complete({ tools, messages, stream: true })).data();
    expect(chunks.flatMap(({ choices }) => choices?.[0]?.delta.tool_calls ?? [])).toMatchObject([{ index: 0, ...call }]);

    const calls = choice?.message.tool_calls ?? [];
    const result = { role: "tool", tool_call_id: calls[0]?.id, content: "Sunny" };
    const told = (await complete({ tools, messages: [...messages, choice?.message, result] })).json(200);
    expect(told.choices[0]?.message.content).toBe("The tool says: Sunny");
  });

  test("without tools of the caller's, the default agent's are at the model's hand and do not show", async () => {
    const { choices } = (await complete({ messages: [{ role: "user", content: "calculate 6*7" }] })).json(200);
    expect(choices[0]?.message).toMatchObject({ content: "The tool says: 42" });
    expect(choices[0]?.message.tool_calls).toBeUndefined();
  });

  test("keeps nothing of the conversation, but the run", async () => {
    const before = (await server.call("getPlainStatus")).json(200).sessions;
    const answer = await complete({});
    expect((await server.call("getPlainStatus")).json(200).sessions).toBe(before);
    const run = (await server.call("getRun", { path: { runId: answer.headers.get("X-Run-Id") ?? "" } })).json(200);
    expect(run).toMatchObject({ sessionId: null, status: "completed", content: "You said: Hello" });
  });
});
