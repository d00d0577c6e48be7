import { describe, expect, test, vi } from "vitest";
import { GatewayError } from "../errors.ts";
import type { ModelEvent, ModelMessage, ModelRequest, Provider } from "../providers/port.ts";
import { ToolError } from "../tools/port.ts";
import { runTurn, type TurnBudget, type TurnInput, type TurnOutput } from "./turn.ts";

const never = new AbortController().signal;
const usage = { inputTokens: 10, outputTokens: 5 };
const answer = (text: string): ModelEvent[] => [
  { type: "started", model: "m" },
  { type: "text", text },
  { type: "finished", reason: "stop", usage },
];
const calls = (...names: string[]): ModelEvent[] => [
  { type: "started", model: "m" },
  ...names.map((name, index): ModelEvent => ({ type: "toolCall", call: { id: `call_${index}`, name, arguments: '{"a":1}' } })),
  { type: "finished", reason: "tool_calls", usage },
];

/** A model that answers what it is given, one list a call, and keeps what it was asked. */
function scripted(...answers: ModelEvent[][]): Provider & { requests: ModelRequest[] } {
  const requests: ModelRequest[] = [];
  return {
    name: "scripted",
    type: "embedded",
    requests,
    async *generate(request) {
      requests.push(request);
      yield answers[requests.length - 1] ?? answer("again");
    },
    listModels: async () => [],
    close: async () => {},
  };
}

function input(provider: Provider, rest: Partial<TurnInput> = {}): TurnInput {
  return {
    provider,
    request: { model: "m", messages: [{ role: "user", content: "Hi" }], stream: true },
    tools: {
      definitions: [{ name: "one", inputSchema: {} }, { name: "two", inputSchema: {} }],
      approval: () => null,
      invoke: async (name) => {
        if (name === "two") throw new ToolError("two is out of order");
        if (name === "three") throw new TypeError("secret path /x");
        return `result of ${name}`;
      },
    },
    context: { window: 128_000, history: 0, summary: null, summarize: null },
    callerTools: [],
    maxSteps: 4,
    startedAt: performance.now(),
    ...rest,
  };
}

const all = async (turn: AsyncIterable<readonly TurnOutput[]>) => (await Array.fromAsync(turn)).flat();

describe("runTurn", () => {
  test("passes the model's text on and ends with its usage", async () => {
    const events = await all(runTurn(input(scripted(answer("Hello"))), never));
    expect(events).toEqual([
      { type: "started", model: "m" },
      { type: "text", text: "Hello" },
      { type: "finished", finishReason: "stop", usage, latencyMs: expect.any(Number), toolsInvoked: [], callerToolCalls: [] },
    ]);
  });

  test("runs the tools it asks for side by side, tells it the results in order, and sums the usage of all calls", async () => {
    const model = scripted(calls("one", "two", "three"), answer("Done"));
    const events = await all(runTurn(input(model), never));
    expect(events.map(({ type }) => type)).toEqual(["started", "toolUse", "toolUse", "toolUse", "toolResult", "toolResult", "toolResult", "text", "finished"]);
    expect(events.filter(({ type }) => type === "toolResult")).toMatchObject([
      { callId: "call_0", output: "result of one", isError: false },
      { callId: "call_1", output: "two is out of order", isError: true },
      // What a fault of ours says is nobody's business.
      { callId: "call_2", output: "The tool three failed.", isError: true },
    ]);
    expect(model.requests[1]?.messages.slice(1)).toMatchObject([{ role: "assistant", toolCalls: [{}, {}, {}] }, { role: "tool", callId: "call_0" }, { role: "tool", callId: "call_1" }, { role: "tool", callId: "call_2" }]);
    expect(events.at(-1)).toMatchObject({ usage: { inputTokens: 20, outputTokens: 10 }, toolsInvoked: ["one", "two", "three"] });
  });

  test("gives a call whose id is taken another, in this turn or in one before", async () => {
    const before: ModelMessage[] = [{ role: "assistant", content: "", toolCalls: [{ id: "call_1", name: "one", arguments: "{}" }] }, { role: "tool", callId: "call_1", content: "1" }];
    const model = scripted(calls("one", "two"), calls("one"), answer("Done"));
    const request = { model: "m", messages: [...before, { role: "user", content: "Hi" } as const], stream: true };
    const events = await all(runTurn(input(model, { request }), never));
    const idsOf = (wanted: string) => events.flatMap((event) => (event.type === wanted && "callId" in event ? [event.callId] : []));
    expect(idsOf("toolUse")).toEqual(["call_0", "call_1_2", "call_0_2"]);
    expect(idsOf("toolResult")).toEqual(idsOf("toolUse"));
    expect(model.requests[2]?.messages.slice(-2)).toMatchObject([{ toolCalls: [{ id: "call_0_2" }] }, { role: "tool", callId: "call_0_2" }]);
  });

  test("forbids tools in the last step, and asks no more of a model that will not stop", async () => {
    const model = scripted(calls("one"), calls("one"), calls("one"));
    const events = await all(runTurn(input(model, { maxSteps: 2 }), never));
    expect(model.requests.map(({ toolChoice }) => toolChoice)).toEqual([undefined, "none"]);
    expect(events.at(-1)).toMatchObject({ type: "finished", finishReason: "length" });
  });

  test("hands calls of the caller's own tools back instead of running them", async () => {
    const model = scripted(calls("mine"));
    const events = await all(runTurn(input(model, { callerTools: [{ name: "mine", inputSchema: {} }] }), never));
    expect(model.requests[0]?.tools?.map(({ name }) => name)).toEqual(["mine"]);
    expect(events.at(-1)).toMatchObject({ finishReason: "tool_calls", callerToolCalls: [{ name: "mine", arguments: '{"a":1}' }] });
  });

  test("a tool's input that is no JSON shows as the text it is", async () => {
    const broken: ModelEvent[] = [{ type: "started", model: "m" }, { type: "toolCall", call: { id: "c", name: "one", arguments: '{"a":' } }, { type: "finished", reason: "tool_calls", usage }];
    const events = await all(runTurn(input(scripted(broken)), never));
    expect(events.find(({ type }) => type === "toolUse")).toMatchObject({ input: '{"a":' });
  });

  describe("a call that waits to be approved", () => {
    const asking = (decision: Promise<{ isApproved: boolean; reason: string | null }>) => {
      const invoked: string[] = [];
      const tools: TurnInput["tools"] = {
        definitions: [{ name: "one", inputSchema: {} }, { name: "two", inputSchema: {} }],
        approval: ({ name }) => (name === "one" ? { expiresAt: 1_500, decision } : null),
        async invoke(name) {
          invoked.push(name);
          return `result of ${name}`;
        },
      };
      return { tools, invoked };
    };

    test("shows, and runs once it is approved; others run meanwhile", async () => {
      const { promise, resolve } = Promise.withResolvers<{ isApproved: boolean; reason: null }>();
      const { tools, invoked } = asking(promise);
      const seen: TurnOutput[] = [];
      for await (const events of runTurn(input(scripted(calls("one", "two"), answer("Done")), { tools }), never)) {
        seen.push(...events);
        if (events.some(({ type }) => type === "toolApproval")) void vi.waitUntil(() => invoked.length === 1).then(() => resolve({ isApproved: true, reason: null }));
      }
      expect(seen.map(({ type }) => type)).toEqual(["started", "toolUse", "toolApproval", "toolUse", "toolResult", "toolResult", "text", "finished"]);
      expect(seen.find(({ type }) => type === "toolApproval")).toEqual({ type: "toolApproval", callId: "call_0", name: "one", input: { a: 1 }, expiresAt: 1_500 });
      expect(invoked).toEqual(["two", "one"]);
    });

    test("never runs when it is refused, and the model is told why", async () => {
      const { tools, invoked } = asking(Promise.resolve({ isApproved: false, reason: "Not on a Sunday." }));
      const model = scripted(calls("one"), answer("Done"));
      const events = await all(runTurn(input(model, { tools }), never));
      expect(invoked).toEqual([]);
      expect(events).toContainEqual({ type: "toolResult", callId: "call_0", name: "one", output: "The call of one was not approved. Not on a Sunday.", isError: true, isRefused: true });
      expect(events.at(-1)).toMatchObject({ toolsInvoked: [] });
      expect(model.requests[1]?.messages.at(-1)).toMatchObject({ role: "tool", isError: true, content: expect.stringContaining("Not on a Sunday") });
    });
  });

  test("an abort while a tool runs ends the turn with the abort's reason, not with a tool's failure", async () => {
    const controller = new AbortController();
    const reason = new GatewayError("cancelled", "Enough.");
    const tools = {
      definitions: [{ name: "one", inputSchema: {} }],
      approval: () => null,
      invoke: async () => {
        controller.abort(reason);
        throw new ToolError("stopped");
      },
    };
    await expect(all(runTurn(input(scripted(calls("one")), { tools }), controller.signal))).rejects.toBe(reason);
  });
});

describe("a turn with a budget", () => {
  /** Gives each call 50 tokens, and keeps what it is told. */
  function noted(): TurnBudget & { told: unknown[] } {
    const told: unknown[] = [];
    return {
      told,
      async hold(request, said) {
        told.push(["hold", request.messages.length]);
        return { maxTokens: 50, settle: (spent) => told.push(["settle", spent]), [Symbol.dispose]: () => told.push(["end", said()]) };
      },
    };
  }

  test("holds tokens before each call of the model, tells it how many, and settles what each used", async () => {
    const budget = noted();
    const model = scripted(calls("one"), answer("Done"));
    await all(runTurn(input(model, { budget }), never));
    expect(model.requests.map(({ maxTokens }) => maxTokens)).toEqual([50, 50]);
    expect(budget.told).toEqual([["hold", 1], ["settle", usage], ["end", ""], ["hold", 3], ["settle", usage], ["end", "Done"]]);
  });

  test("lets go of them when a call fails, and when nobody waits for its end", async () => {
    const failing = noted();
    const broken: Provider = {
      ...scripted(),
      async *generate() {
        yield answer("Half").slice(0, 2);
        throw new GatewayError("provider_error", "It broke.");
      },
    };
    await expect(all(runTurn(input(broken, { budget: failing }), never))).rejects.toThrow("It broke");
    expect(failing.told).toEqual([["hold", 1], ["end", "Half"]]);

    const left = noted();
    for await (const _ of runTurn(input(broken, { budget: left }), never)) break;
    expect(left.told).toEqual([["hold", 1], ["end", "Half"]]);
  });

  test("does not ask the model when there are too few", async () => {
    const model = scripted();
    const refused = new GatewayError("rate_limited", "None left.");
    await expect(all(runTurn(input(model, { budget: { hold: () => Promise.reject(refused) } }), never))).rejects.toBe(refused);
    expect(model.requests).toEqual([]);
  });
});

describe("a turn that the model finds too long", () => {
  const tooLong = new GatewayError("bad_request", "maximum context length", { details: { reason: "context_length_exceeded" } });
  const messages: ModelMessage[] = [
    { role: "system", content: "Be brief." },
    ...Array.from({ length: 8 }, (_, index): ModelMessage => ({ role: index % 2 === 0 ? "user" : "assistant", content: `${index} ${"x".repeat(400)}` })),
    { role: "user", content: "Hi" },
  ];
  const long = { request: { model: "m", messages, stream: true }, context: { window: 128_000, history: 8, summary: null, summarize: null } };

  /** Refuses so many calls, before its first event or behind it; then answers. */
  function refusing(times: number, ...first: ModelEvent[]) {
    const answering = scripted(answer("Done"), answer("Done"), answer("Done"));
    return {
      ...answering,
      async *generate(request: ModelRequest, signal: AbortSignal) {
        if (times-- > 0) {
          answering.requests.push(request);
          if (first.length > 0) yield first;
          throw tooLong;
        }
        yield* answering.generate(request, signal);
      },
    };
  }

  test("is asked again once, with the second half of what it was told", async () => {
    const model = refusing(1);
    const events = await all(runTurn(input(model, long), never));
    expect(events.map(({ type }) => type)).toEqual(["started", "text", "finished"]);
    expect(model.requests.map(({ messages: told }) => told.map(({ content }) => (content as string).slice(0, 2)))).toEqual([
      ["Be", "0 ", "1 ", "2 ", "3 ", "4 ", "5 ", "6 ", "7 ", "Hi"],
      ["Be", "6 ", "7 ", "Hi"],
    ]);
  });

  test("is not asked a third time, nor once it has begun to answer, nor when there is nothing to leave out", async () => {
    const [twice, begun, short] = [refusing(2), refusing(1, { type: "started", model: "m" }), refusing(1)];
    await expect(all(runTurn(input(twice, long), never))).rejects.toBe(tooLong);
    await expect(all(runTurn(input(begun, long), never))).rejects.toBe(tooLong);
    await expect(all(runTurn(input(short), never))).rejects.toBe(tooLong);
    expect([twice, begun, short].map(({ requests }) => requests.length)).toEqual([2, 1, 1]);
  });
});

test("a turn that grows beyond the window leaves out its history, then its oldest results", async () => {
  const model = scripted(calls("one"), calls("one"), answer("Done"));
  const tools = { definitions: [{ name: "one", inputSchema: {} }], approval: () => null, invoke: async () => "r".repeat(2000) };
  const messages: ModelMessage[] = [{ role: "user", content: "Before" }, { role: "assistant", content: "b".repeat(400) }, { role: "user", content: "Hi" }];
  await all(runTurn(input(model, { request: { model: "m", messages, stream: true }, tools, context: { window: 1200, history: 2, summary: null, summarize: null } }), never));
  const told = model.requests.map((request) => request.messages.map(({ role, content }) => `${role} ${(content as string).slice(0, 12)}`.trim()));
  expect(told).toEqual([
    ["user Before", "assistant bbbbbbbbbbbb", "user Hi"],
    ["user Before", "assistant bbbbbbbbbbbb", "user Hi", "assistant", "tool rrrrrrrrrrrr"],
    ["user Hi", "assistant", "tool [result left", "assistant", "tool rrrrrrrrrrrr"],
  ]);
});

describe("what a turn that fails has used", () => {
  const used = () => ({ inputTokens: 0, outputTokens: 0 });

  test("is what its calls told that came to their end, and an estimate of the one that did not", async () => {
    const sum = used();
    const model = scripted(calls("one"));
    const provider: Provider = {
      ...model,
      async *generate(request, signal) {
        if (request.messages.length === 1) return yield* model.generate(request, signal);
        yield answer("Half of it ".repeat(10)).slice(0, 2);
        throw new GatewayError("provider_error", "It broke.");
      },
    };
    await expect(all(runTurn(input(provider), never, sum))).rejects.toThrow("It broke");
    expect(sum.inputTokens).toBeGreaterThan(usage.inputTokens);
    expect(sum.outputTokens).toBeGreaterThan(usage.outputTokens + 10);
  });

  test("is nothing when no call said a word", async () => {
    const sum = used();
    const silent: Provider = { ...scripted(), generate: () => { throw new GatewayError("provider_error", "It is away."); } };
    await expect(all(runTurn(input(silent), never, sum))).rejects.toThrow("It is away");
    expect(sum).toEqual(used());
  });

  test("is known of one that nobody waits for", async () => {
    const sum = used();
    for await (const _ of runTurn(input(scripted(answer("Hello"), answer("Hello")), {}), never, sum)) break;
    expect(sum).toEqual(usage);
  });
});
