import { describe, expect, test } from "vitest";
import { collect, failure, requestOf, textOf } from "../../contract-tests/fakes/collect.ts";
import { countTokens } from "./embedded-tokens.ts";
import { createEmbeddedProvider } from "./embedded.ts";
import { minimalValue } from "./minimal-arguments.ts";
import type { ModelEvent, ModelMessage, ModelRequest } from "./port.ts";

const never = new AbortController().signal;
const provider = createEmbeddedProvider();
const ask = (said: string | readonly ModelMessage[], rest: Partial<ModelRequest> = {}): Promise<ModelEvent[]> => collect(provider.generate(requestOf(said, rest), never));
const callOf = (events: readonly ModelEvent[]): unknown => {
  const call = events.flatMap((event) => (event.type === "toolCall" ? [event.call] : []))[0];
  return call === undefined ? undefined : [call.name, JSON.parse(call.arguments)];
};
const tool = (name: string, ...fields: string[]) => ({
  name,
  inputSchema: { type: "object", properties: Object.fromEntries(fields.map((field) => [field, { type: "string" }])), required: fields },
});
const tools = [tool("read", "path"), tool("calculate", "expression"), tool("memory_search", "query"), tool("memory_save", "text")];

test.each([true, false])("says that it is embedded when greeted, whatever name it was called by (stream: %s)", async (stream) => {
  const events = await ask("Hello", { stream, model: "gpt-5" });
  expect(events[0]).toEqual({ type: "started", model: "embedded/echo-1" });
  expect(textOf(events)).toMatch(/^I am the embedded model of this gateway\..* You said: Hello$/);
});

test("says what it is when asked", async () => {
  expect(textOf(await ask("Which model are you?"))).toContain("I am the embedded model");
});

test("echoes otherwise, word by word in a stream and the same text at once", async () => {
  const events = await ask("The  sky is\nblue ");
  expect(textOf(events)).toBe("You said: The  sky is\nblue ");
  expect(events.filter((event) => event.type === "text").length).toBeGreaterThan(4);
  expect(textOf(await ask("The  sky is\nblue ", { stream: false }))).toBe(textOf(events));
});

test("answers from the conversation", async () => {
  const messages = [
    { role: "user", content: "apples" },
    { role: "assistant", content: "ok" },
    { role: "user", content: "pears" },
    { role: "assistant", content: "ok" },
  ] as const;
  expect(textOf(await ask([...messages, { role: "user", content: "What did I say first?" }]))).toBe("You first said: apples");
  expect(textOf(await ask([...messages, { role: "user", content: "what did I say last?" }]))).toBe("You last said: pears");
  expect(textOf(await ask("what did I say first?"))).toBe("You have said nothing before this.");
});

describe("tools", () => {
  test.each([
    ["read notes.txt", ["read", { path: "notes.txt" }]],
    ["Please read the file docs/a.md.", ["read", { path: "docs/a.md" }]],
    ["calculate 2+2", ["calculate", { expression: "2+2" }]],
    ["Can you calculate (1 + 2) * 3?", ["calculate", { expression: "(1 + 2) * 3" }]],
    ["search memory for blue whales", ["memory_search", { query: "blue whales" }]],
    ["Remember that the key is blue.", ["memory_save", { text: "the key is blue." }]],
    ["use memory_search for cats", ["memory_search", { query: "cats" }]],
    ['call calculate {"expression":"1"}', ["calculate", { expression: "1" }]],
    ["I read books", undefined],
    ["calculated risks", undefined],
  ])("%s", async (said, expected) => {
    const events = await ask(said, { tools });
    expect(callOf(events)).toEqual(expected);
    expect(events.at(-1)).toMatchObject({ reason: expected === undefined ? "stop" : "tool_calls" });
  });

  test("calls no tool that it was not given, and none when told so", async () => {
    expect(callOf(await ask("calculate 2+2"))).toBeUndefined();
    expect(callOf(await ask("calculate 2+2", { tools, toolChoice: "none" }))).toBeUndefined();
  });

  test("calls what it must, with the smallest input that fits", async () => {
    const weather = { name: "weather", inputSchema: { type: "object", properties: { city: { type: "string", minLength: 1 }, days: { type: "integer", minimum: 2 } }, required: ["city", "days"] } };
    expect(callOf(await ask("hm", { tools: [...tools, weather], toolChoice: { name: "weather" } }))).toEqual(["weather", { city: "x", days: 2 }]);
    expect(callOf(await ask("hm", { tools: [weather], toolChoice: "required" }))).toEqual(["weather", { city: "x", days: 2 }]);
  });

  test("answers with the tool's result, and with its failure", async () => {
    const round = (result: object): readonly ModelMessage[] => [
      { role: "user", content: "calculate 2+2" },
      { role: "assistant", content: "", toolCalls: [{ id: "c", name: "calculate", arguments: "{}" }] },
      { role: "tool", callId: "c", content: "4", ...result },
    ];
    expect(textOf(await ask(round({}), { tools }))).toBe("calculate answered: 4");
    expect(textOf(await ask(round({ isError: true, content: "no" }), { tools, toolChoice: "required" }))).toBe("calculate failed: no");
  });
});

test("counts its own tokens, and stops at the bound", async () => {
  expect(countTokens("You said: it's 3.5 — ok")).toBe(11);
  const events = await ask("a b c d", { maxTokens: 4 });
  expect(textOf(events)).toBe("You said: a");
  expect(events.at(-1)).toEqual({ type: "finished", reason: "length", usage: { inputTokens: 4, outputTokens: 4 } });
});

test("stops before a stop sequence", async () => {
  const events = await ask("one two three", { stop: ["two", "three"] });
  expect(textOf(events)).toBe("You said: one ");
  expect(events.at(-1)).toMatchObject({ reason: "stop" });
});

test("answers in JSON when asked to", async () => {
  expect(JSON.parse(textOf(await ask("hi there you", { responseFormat: { type: "json_object" } })))).toHaveProperty("text");
  const schema = { type: "object", properties: { n: { type: "integer" } }, required: ["n"] };
  expect(JSON.parse(textOf(await ask("hi", { responseFormat: { type: "json_schema", name: "x", schema } })))).toEqual({ n: 0 });
});

test("stops at an abort, also while it waits", async () => {
  const controller = new AbortController();
  const slow = createEmbeddedProvider({ delayMs: 60_000 });
  const events = slow.generate(requestOf("a b c"), controller.signal)[Symbol.asyncIterator]();
  await events.next();
  const next = failure(events.next());
  controller.abort(new Error("left"));
  expect(await next).toMatchObject({ message: "left" });
});

test("a schema that contains itself gets a value all the same", () => {
  const schema = { $ref: "#/$defs/node", $defs: { node: { type: "object", properties: { next: { $ref: "#/$defs/node" } }, required: ["next"] } } };
  expect(minimalValue(schema)).toBeTypeOf("object");
});
