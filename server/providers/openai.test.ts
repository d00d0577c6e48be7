import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { collect, failure, requestOf } from "../../contract-tests/fakes/collect.ts";
import { startOpenAiUpstream } from "../../contract-tests/fakes/openai-upstream.ts";
import type { FakeUpstream } from "../../contract-tests/fakes/upstream-server.ts";
import { createOpenAiDecoder } from "./openai-decoder.ts";
import { createOpenAiProvider, type RemoteProvider } from "./openai.ts";
import { encodeOpenAiRequest } from "./openai-request.ts";
import type { ModelEvent, ModelRequest } from "./port.ts";

const never = new AbortController().signal;
const encode = (request: ModelRequest): Record<string, unknown> => JSON.parse(encodeOpenAiRequest(request, "max_tokens")) as Record<string, unknown>;

describe("the request", () => {
  test("carries the conversation, images and tools in OpenAI's words", () => {
    const body = encode(
      requestOf(
        [
          { role: "system", content: "Be brief." },
          { role: "user", content: [{ type: "text", text: "What is this?" }, { type: "image", url: "data:image/png;base64,AAAA", detail: "low" }] },
          { role: "assistant", content: "", toolCalls: [{ id: "c1", name: "look", arguments: "{}" }] },
          { role: "tool", callId: "c1", content: "nothing", isError: true },
        ],
        { tools: [{ name: "look", description: "Looks", inputSchema: { type: "object" }, strict: true }], toolChoice: { name: "look" }, parallelToolCalls: false },
      ),
    );
    expect(body).toMatchObject({
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: [{ type: "text", text: "What is this?" }, { type: "image_url", image_url: { url: "data:image/png;base64,AAAA", detail: "low" } }] },
        { role: "assistant", content: null, tool_calls: [{ id: "c1", type: "function", function: { name: "look", arguments: "{}" } }] },
        { role: "tool", tool_call_id: "c1", content: "Error: nothing" },
      ],
      tools: [{ type: "function", function: { name: "look", description: "Looks", parameters: { type: "object" }, strict: true } }],
      tool_choice: { type: "function", function: { name: "look" } },
      parallel_tool_calls: false,
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  test("leaves out what was not asked for", () => {
    expect(Object.keys(encode(requestOf("hi", { stream: false, toolChoice: "auto", parallelToolCalls: true }))).sort()).toEqual(["messages", "model", "stream"]);
  });

  test("carries every parameter", () => {
    const responseFormat = { type: "json_schema", name: "out", schema: { type: "object" }, strict: true } as const;
    expect(
      encode(requestOf("hi", { maxTokens: 5, temperature: 0.5, topP: 0.9, stop: ["END"], seed: 7, frequencyPenalty: 1, presencePenalty: -1, user: "u1", responseFormat })),
    ).toMatchObject({
      max_tokens: 5, temperature: 0.5, top_p: 0.9, stop: ["END"], seed: 7, frequency_penalty: 1, presence_penalty: -1, user: "u1",
      response_format: { type: "json_schema", json_schema: { name: "out", schema: { type: "object" }, strict: true } },
    });
  });
});

describe("over the wire", () => {
  let upstream: FakeUpstream;
  let provider: RemoteProvider;
  beforeAll(async () => {
    upstream = await startOpenAiUpstream();
    provider = createOpenAiProvider({ name: "acme", baseUrl: `${upstream.url}/`, apiKey: "secret-key", timing: { retryBaseMs: 2 } });
  });
  beforeEach(() => upstream.reset());
  afterAll(async () => {
    await provider.close();
    await upstream.close();
  });

  test("sends the key and names max_tokens as other servers than OpenAI's know it", async () => {
    await collect(provider.generate(requestOf("hi", { maxTokens: 9 }), never));
    expect(upstream.requests[0]).toMatchObject({ path: "/v1/chat/completions", headers: { authorization: "Bearer secret-key" }, body: { max_tokens: 9 } });
  });

  test.each([true, false])("estimates the usage that a server does not report (stream: %s)", async (stream) => {
    const events = await collect(provider.generate(requestOf("[no-usage] hi", { stream }), never));
    expect(events.at(-1)).toMatchObject({ usage: { inputTokens: 8, outputTokens: 3 } });
  });

  test.each([true, false])("understands legacy servers that send whole calls and say stop (stream: %s)", async (stream) => {
    const tools = [{ name: "one", inputSchema: {} }, { name: "two", inputSchema: {} }];
    const events = await collect(provider.generate(requestOf('call one {"a":1} call two [whole-tools]', { stream, tools }), never));
    expect(events.flatMap((event) => (event.type === "toolCall" ? [event.call.name + event.call.arguments] : []))).toEqual(['one{"a":1}', "two{}"]);
    expect(events.at(-1)).toMatchObject({ reason: "tool_calls" });
  });

  test("an error object inside the stream is the call's failure", async () => {
    expect(await failure(collect(provider.generate(requestOf("[error-mid]"), never)))).toMatchObject({ code: "provider_error" });
  });
});

describe("the decoder", () => {
  const chunk = (choice: object, rest: object = {}): string => JSON.stringify({ model: "m", choices: [{ index: 0, ...choice }], ...rest });
  function decode(...data: string[]): ModelEvent[] {
    const out: ModelEvent[] = [];
    const decoder = createOpenAiDecoder({ name: "acme", secrets: [] }, requestOf("hi"));
    for (const event of data) decoder.event(event, out);
    decoder.end(out);
    return out;
  }

  test("ignores reasoning, null content and empty choices", () => {
    const events = decode(
      JSON.stringify({ model: "m", choices: [] }),
      chunk({ delta: { role: "assistant", content: null, reasoning_content: "hm" } }),
      chunk({ delta: { content: "yes" } }),
      chunk({ delta: {}, finish_reason: "stop" }),
      JSON.stringify({ choices: null, usage: { prompt_tokens: 1, completion_tokens: 2 } }),
    );
    expect(events).toEqual([
      { type: "started", model: "m" },
      { type: "text", text: "yes" },
      { type: "finished", reason: "stop", usage: { inputTokens: 1, outputTokens: 2 } },
    ]);
  });

  test("keeps interleaved calls apart by their index", () => {
    const part = (index: number, rest: object): string => chunk({ delta: { tool_calls: [{ index, ...rest }] } });
    const events = decode(
      part(0, { id: "a", function: { name: "one", arguments: "" } }),
      part(1, { id: "b", function: { name: "two", arguments: '{"x"' } }),
      part(0, { function: { arguments: '{"y":1}' } }),
      part(1, { function: { arguments: ":2}" } }),
      chunk({ delta: {}, finish_reason: "tool_calls" }),
    );
    expect(events.filter((event) => event.type === "toolCall")).toEqual([
      { type: "toolCall", call: { id: "a", name: "one", arguments: '{"y":1}' } },
      { type: "toolCall", call: { id: "b", name: "two", arguments: '{"x":2}' } },
    ]);
  });

  test("takes arguments that come as an object, and makes up an id that is missing", () => {
    const events = decode(chunk({ delta: { tool_calls: [{ function: { name: "one", arguments: { a: 1 } } }] }, finish_reason: "stop" }));
    expect(events[1]).toMatchObject({ type: "toolCall", call: { id: expect.stringMatching(/^call_/) as string, arguments: '{"a":1}' } });
  });

  test("an answer may end without [DONE], but not without a finish reason", () => {
    expect(decode(chunk({ delta: { content: "x" }, finish_reason: "length" })).at(-1)).toMatchObject({ reason: "length" });
    expect(() => decode(chunk({ delta: { content: "x" } }))).toThrowError(expect.objectContaining({ code: "provider_error" }));
  });

  test("[DONE] ends an answer of a server that knows no finish reasons", () => {
    expect(decode(chunk({ delta: { content: "x" } }), "[DONE]").at(-1)).toMatchObject({ reason: "stop" });
  });

  test.each(["null", "7", "[", '{"choices":[{"delta":{"content":5}}]}', '{"choices":[{"delta":{"tool_calls":"x"}}]}'])("refuses %s", (data) => {
    expect(() => decode(data)).toThrowError(expect.objectContaining({ code: "provider_error" }));
  });

  test.each([
    [{ type: "rate_limit_exceeded", message: "slow down" }, "service_unavailable"],
    [{ type: "invalid_request_error", message: "too long" }, "bad_request"],
    [{ code: 502, message: "upstream" }, "provider_error"],
  ])("maps the error %j in a stream to %s", (error, code) => {
    expect(() => decode(JSON.stringify({ error }))).toThrowError(expect.objectContaining({ code }));
  });
});
