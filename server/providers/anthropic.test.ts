import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startAnthropicUpstream } from "../../contract-tests/fakes/anthropic-upstream.ts";
import { collect, failure, requestOf } from "../../contract-tests/fakes/collect.ts";
import type { FakeUpstream } from "../../contract-tests/fakes/upstream-server.ts";
import { createAnthropicDecoder } from "./anthropic-decoder.ts";
import { encodeAnthropicRequest } from "./anthropic-request.ts";
import { createAnthropicProvider } from "./anthropic.ts";
import type { RemoteProvider } from "./openai.ts";
import type { ModelEvent, ModelRequest } from "./port.ts";

const never = new AbortController().signal;
const model = "claude-sonnet-4-20250514";
const encode = (request: ModelRequest): Record<string, unknown> => JSON.parse(encodeAnthropicRequest(request)) as Record<string, unknown>;

describe("the request", () => {
  test("lifts the system texts out and lets the roles take turns", () => {
    const body = encode(
      requestOf([
        { role: "system", content: "Be brief." },
        { role: "user", content: "one" },
        { role: "user", content: [{ type: "text", text: "two" }, { type: "image", url: "data:image/png;base64,AAAA" }, { type: "image", url: "https://x.test/a.png" }] },
        { role: "system", content: "In English." },
        { role: "assistant", content: "", toolCalls: [{ id: "call:1", name: "look", arguments: '{"at":1}' }, { id: "c2", name: "look", arguments: "oops" }] },
        { role: "tool", callId: "call:1", content: "found" },
        { role: "tool", callId: "c2", content: "broken", isError: true },
        { role: "assistant", content: "" },
        { role: "user", content: "and?" },
      ]),
    );
    expect(body).toMatchObject({
      max_tokens: 4096,
      system: "Be brief.\n\nIn English.",
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "one" },
            { type: "text", text: "two" },
            { type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } },
            { type: "image", source: { type: "url", url: "https://x.test/a.png" } },
          ],
        },
        {
          role: "assistant",
          content: [
            { type: "tool_use", id: "call_1", name: "look", input: { at: 1 } },
            { type: "tool_use", id: "c2", name: "look", input: { invalid_arguments: "oops" } },
          ],
        },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: "call_1", content: "found" },
            { type: "tool_result", tool_use_id: "c2", content: "broken", is_error: true },
            { type: "text", text: "and?" },
          ],
        },
      ],
    });
  });

  test("carries every parameter it has a word for, the temperature up to 1", () => {
    const schema = { type: "object", additionalProperties: false };
    expect(
      encode(requestOf("hi", { maxTokens: 5, temperature: 1.7, topP: 0.9, stop: ["END"], user: "u1", seed: 3, responseFormat: { type: "json_schema", name: "out", schema } })),
    ).toMatchObject({
      max_tokens: 5, temperature: 1, top_p: 0.9, stop_sequences: ["END"], metadata: { user_id: "u1" }, output_config: { format: { type: "json_schema", schema } },
    });
  });

  test.each([
    ["none", { type: "none" }],
    ["required", { type: "any", disable_parallel_tool_use: true }],
    ["auto", { type: "auto", disable_parallel_tool_use: true }],
    [{ name: "look" }, { type: "tool", name: "look", disable_parallel_tool_use: true }],
  ] as const)("writes the tool choice %j", (toolChoice, expected) => {
    expect(encode(requestOf("hi", { tools: [{ name: "look", inputSchema: {} }], toolChoice, parallelToolCalls: false }))["tool_choice"]).toEqual(expected);
  });

  test.each([
    [{ responseFormat: { type: "json_object" } }, "response_format"],
    [{ frequencyPenalty: 0.5 }, "frequency_penalty"],
    [{ presencePenalty: 0.5 }, "presence_penalty"],
  ] as const)("refuses %j and names the parameter", (rest, param) => {
    expect(() => encode(requestOf("hi", rest))).toThrowError(expect.objectContaining({ code: "bad_request", details: { param } }));
  });

  test("refuses an image that is neither a URL nor data", () => {
    expect(() => encode(requestOf([{ role: "user", content: [{ type: "image", url: "file:///etc/passwd" }] }]))).toThrowError(expect.objectContaining({ code: "bad_request" }));
  });
});

describe("over the wire", () => {
  let upstream: FakeUpstream;
  let provider: RemoteProvider;
  beforeAll(async () => {
    upstream = await startAnthropicUpstream();
    provider = createAnthropicProvider({ name: "acme", baseUrl: `${upstream.url}/v1`, apiKey: "secret-key", timing: { retryBaseMs: 2 } });
  });
  beforeEach(() => upstream.reset());
  afterAll(async () => {
    await provider.close();
    await upstream.close();
  });

  test("sends the key and the version, whether the base URL ends in /v1 or not", async () => {
    await collect(provider.generate(requestOf("hi", { model }), never));
    expect(upstream.requests[0]).toMatchObject({ path: "/v1/messages", headers: { "x-api-key": "secret-key", "anthropic-version": "2023-06-01" } });
  });

  test("an overload in the middle of a stream is service_unavailable", async () => {
    expect(await failure(collect(provider.generate(requestOf("[error-mid]", { model }), never)))).toMatchObject({ code: "service_unavailable" });
    expect(upstream.requests).toHaveLength(1);
  });

  test("a request that cannot be written fails before anything is sent", async () => {
    const error = await failure(collect(provider.generate(requestOf("hi", { model, responseFormat: { type: "json_object" } }), never)));
    expect(error).toMatchObject({ code: "bad_request" });
    expect(upstream.requests).toHaveLength(0);
  });
});

describe("the decoder", () => {
  function decode(...events: object[]): ModelEvent[] {
    const out: ModelEvent[] = [];
    const decoder = createAnthropicDecoder({ name: "acme", secrets: [] }, model);
    for (const event of events) decoder.event(JSON.stringify(event), out);
    decoder.end(out);
    return out;
  }
  const start = { type: "message_start", message: { model, usage: { input_tokens: 3, cache_read_input_tokens: 10, cache_creation_input_tokens: 2, output_tokens: 1 } } };

  test("counts cached input, and takes the last of the running totals", () => {
    const events = decode(start, { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 9 } }, { type: "message_stop" });
    expect(events.at(-1)).toEqual({ type: "finished", reason: "stop", usage: { inputTokens: 15, outputTokens: 9 } });
  });

  test("ignores thinking, server tools, citations and events it does not know", () => {
    const events = decode(
      start,
      { type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "hm" } },
      { type: "content_block_start", index: 1, content_block: { type: "server_tool_use", id: "s", name: "web_search" } },
      { type: "content_block_delta", index: 1, delta: { type: "input_json_delta", partial_json: "{}" } },
      { type: "content_block_stop", index: 1 },
      { type: "something_new" },
      { type: "content_block_delta", index: 2, delta: { type: "text_delta", text: "yes" } },
      { type: "message_delta", delta: { stop_reason: "model_context_window_exceeded" } },
      { type: "message_stop" },
    );
    expect(events.map((event) => event.type)).toEqual(["started", "text", "finished"]);
    expect(events.at(-1)).toMatchObject({ reason: "length" });
  });

  test("an answer without message_stop is not whole", () => {
    expect(() => decode(start)).toThrowError(expect.objectContaining({ code: "provider_error" }));
  });
});
