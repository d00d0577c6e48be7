import type { ChatCompletionUserMessageParam } from "openai/resources/chat/completions";
import { describe, expect, test } from "vitest";
import { documentedModel, sentUpstream } from "../support/backends.ts";
import { aNumber } from "../support/shapes.ts";
import { connect, describeWithOpenai } from "./gateway.ts";

const model = documentedModel;
const usage = { prompt_tokens: aNumber, completion_tokens: aNumber, total_tokens: aNumber };

const placeFormat = {
  type: "json_schema" as const,
  json_schema: {
    name: "place",
    schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: false },
    strict: true,
  },
};

/** A PNG of one pixel. */
const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

function pictured(text: string): ChatCompletionUserMessageParam {
  return {
    role: "user",
    content: [
      { type: "text", text },
      { type: "image_url", image_url: { url: `data:image/png;base64,${pixel}`, detail: "low" } },
    ],
  };
}

describe("chat completions with the official client", () => {
  describeWithOpenai((gateway, kind) => {
    test("as JSON, with every kind of message", async () => {
      const completion = await connect(gateway).chat.completions.create({
        model,
        messages: [
          { role: "system", content: "You repeat." },
          { role: "developer", content: "In full." },
          { role: "user", content: "First" },
          { role: "assistant", content: "You said: First" },
          { role: "user", content: [{ type: "text", text: "Second" }] },
        ],
        max_completion_tokens: 100,
        temperature: 0.5,
        stop: ["never said"],
        n: 1,
        user: "somebody",
      });
      expect(completion).toMatchObject({
        id: expect.stringMatching(/^chatcmpl-/) as unknown,
        object: "chat.completion",
        created: aNumber,
        model: gateway.backend.answersAs,
        choices: [{ index: 0, message: { role: "assistant", content: "You said: Second", refusal: null }, finish_reason: "stop" }],
        usage,
      });
      const { prompt_tokens: sent = 0, completion_tokens: got = 0, total_tokens: total } = completion.usage ?? {};
      expect(total).toBe(sent + got);
    });

    test("as a stream that ends with its usage", async () => {
      const stream = await connect(gateway).chat.completions.create({ model, messages: [{ role: "user", content: "Stream this please" }], stream: true, stream_options: { include_usage: true } });
      const chunks = await Array.fromAsync(stream);
      expect(new Set(chunks.map(({ id, object, created, model: answered }) => JSON.stringify([id, object, created, answered]))).size).toBe(1);
      expect(chunks[0]).toMatchObject({ object: "chat.completion.chunk", model: gateway.backend.answersAs, choices: [{ delta: { role: "assistant" } }] });
      expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("")).toBe("You said: Stream this please");
      expect(chunks.flatMap(({ choices }) => choices.map((choice) => choice.finish_reason)).filter((reason) => reason !== null)).toEqual(["stop"]);
      expect(chunks.at(-1)).toMatchObject({ choices: [], usage });
      expect(chunks.slice(0, -1).every((chunk) => chunk.usage === null)).toBe(true);
    });

    test("as a stream without usage where none is asked for", async () => {
      const stream = await connect(gateway).chat.completions.create({ model, messages: [{ role: "user", content: "Stream this" }], stream: true });
      const chunks = await Array.fromAsync(stream);
      expect(chunks.some((chunk) => chunk.usage)).toBe(false);
      expect(chunks.at(-1)?.choices).toMatchObject([{ finish_reason: "stop" }]);
    });

    test("through the client's own stream helper", async () => {
      const stream = connect(gateway).chat.completions.stream({ model, messages: [{ role: "user", content: "Help me" }], stream_options: { include_usage: true } });
      expect(await stream.finalContent()).toBe("You said: Help me");
      expect(await stream.totalUsage()).toEqual(usage);
    });

    test("the gateway's own tools do not show", async () => {
      const completion = await connect(gateway).chat.completions.create({ model, messages: [{ role: "user", content: "calculate 6*7" }] });
      expect(completion.choices[0]).toMatchObject({ finish_reason: "stop", message: { content: expect.stringContaining("42") as unknown } });
      expect(completion.choices[0]?.message.tool_calls).toBeUndefined();
    });

    if (kind === "embedded") test("the embedded model ends at a bound on tokens", async () => {
      const messages = [{ role: "user" as const, content: "one two three four five" }];
      const completion = await connect(gateway).chat.completions.create({ model, messages, max_completion_tokens: 4 });
      expect(completion.choices[0]).toMatchObject({ finish_reason: "length", message: { content: "You said: one" } });
    });

    if (kind !== "embedded") test("a bound on tokens reaches the provider by either name", async () => {
      const messages = [{ role: "user" as const, content: "Bounded" }];
      for (const bound of [{ max_tokens: 4 }, { max_completion_tokens: 5 }]) {
        await connect(gateway).chat.completions.create({ model, messages, ...bound });
        expect(Object.values(sentUpstream(gateway.backend, "Bounded") as object)).toContain(Object.values(bound)[0]);
      }
    });

    if (kind === "openai") test("response_format reaches a provider that has it", async () => {
      const messages = [{ role: "user" as const, content: "Answer as JSON please" }];
      for (const format of [{ type: "json_object" as const }, placeFormat]) {
        await connect(gateway).chat.completions.create({ model, messages, response_format: format });
        expect(sentUpstream(gateway.backend, "Answer as JSON")).toMatchObject({ response_format: format });
      }
    });

    if (kind === "embedded") test("response_format shapes the embedded model's answer", async () => {
      const messages = [{ role: "user" as const, content: "Answer as JSON please" }];
      const { completions } = connect(gateway).chat;
      const free = await completions.create({ model, messages, response_format: { type: "json_object" } });
      expect(JSON.parse(free.choices[0]?.message.content ?? "")).toEqual({ text: "You said: Answer as JSON please" });
      // The client's own `parse` sends the schema, and reads the answer by it.
      const parsed = await completions.parse({ model, messages, response_format: placeFormat });
      expect(parsed.choices[0]?.message.parsed).toEqual({ city: expect.any(String) as unknown });
    });

    test("an image is taken", async () => {
      const completion = await connect(gateway).chat.completions.create({ model, messages: [pictured("Which colour is this")] });
      expect(completion.choices[0]?.message.content).toContain("Which colour is this");
    });

    if (kind !== "embedded") test("an image reaches the provider in its own form", async () => {
      await connect(gateway).chat.completions.create({ model, messages: [pictured("What is to be seen")] });
      const sent = sentUpstream(gateway.backend, "What is to be seen") as { messages: unknown[] };
      const image =
        kind === "openai"
          ? { type: "image_url", image_url: { url: `data:image/png;base64,${pixel}`, detail: "low" } }
          : { type: "image", source: { type: "base64", media_type: "image/png", data: pixel } };
      expect(sent.messages.at(-1)).toMatchObject({ content: [{ type: "text" }, image] });
    });
  });
});
