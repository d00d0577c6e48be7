import pino from "pino";
import { describe, expect, test } from "vitest";
import { createAgents, type AgentSettings } from "../agents/service.ts";
import { testPrincipal } from "../keys/testing.ts";
import type { ModelMessage, Provider } from "../providers/port.ts";
import type { Providers } from "../providers/registry.ts";
import { createRuns } from "../runs/service.ts";
import { createEventWriter } from "../events/writer.ts";
import { createRunStore } from "../runs/store.ts";
import { GatewayError } from "../errors.ts";
import { createSessions } from "../sessions/service.ts";
import { createSessionStore } from "../sessions/store.ts";
import { temporaryDatabase } from "../storage/testing.ts";
import { createTools } from "../tools/registry.ts";
import { testToolSettings } from "../tools/testing.ts";
import { createWorkspaces } from "../workspaces/service.ts";
import { createWorkspaceStore } from "../workspaces/store.ts";
import { createChat, type ChatInput } from "./service.ts";
import { createSummaries } from "./summary.ts";

const owner = testPrincipal();
const agent: AgentSettings = { id: "main", name: "Main", description: "", model: null, systemPrompt: "", tools: [], denyTools: [], skills: [], maxSteps: 4, summarize: false };

interface ChatWith {
  gate?: Promise<void>;
  resolve?: (model: string | null | undefined) => Promise<void>;
  /** Tokens of the window of each model but `large`. */
  contextWindow?: number;
  /** What the model says when it is asked for a summary; without, none is asked for. */
  summary?: () => string;
}

/**
 * A chat on a database in memory, with a model that says back what it is told, once `gate` lets it; `resolve` is waited for
 * before it is found. `clock.now` goes on by itself.
 */
async function chatWith({ gate = Promise.resolve(), resolve = async () => {}, contextWindow = 128_000, summary }: ChatWith = {}) {
  const clock = { now: 1000 };
  const database = await temporaryDatabase();
  const agents = createAgents({ list: [{ ...agent, summarize: summary !== undefined }, { ...agent, id: "other" }], default: "main" });
  const runs = createRuns({ store: createRunStore({ database, events: createEventWriter({ database }) }), log: pino({ level: "silent" }), now: () => clock.now });
  const workspaces = createWorkspaces({ store: createWorkspaceStore({ database }), agents, runs, now: () => clock.now });
  await workspaces.seed([{ id: "default", label: "Default", agent: null, skills: [], allowlist: [] }]);
  const sessions = createSessions({ store: createSessionStore({ database, events: createEventWriter({ database }) }), workspaces });
  const asked: (readonly ModelMessage[])[] = [];
  const summarized: string[] = [];
  const provider: Provider = {
    name: "said",
    type: "embedded",
    async *generate({ messages }) {
      const last = messages.at(-1)!.content as string;
      const isSummary = last.includes("The conversation:\n");
      if (isSummary) summarized.push(last);
      else asked.push(messages);
      await gate;
      yield [
        { type: "started", model: "m" },
        { type: "text", text: isSummary ? summary!() : `You said: ${last}` },
        { type: "finished", reason: "stop", usage: { inputTokens: 1, outputTokens: 1 } },
      ];
    },
    listModels: async () => [],
    close: async () => {},
  };
  const providers: Providers = {
    async resolve(name) {
      await resolve(name);
      if (name === "nobody") throw new GatewayError("not_found", "There is no model `nobody`.");
      return { provider, model: "m", id: "said/m", contextWindow: name === "large" ? 128_000 : contextWindow, price: null };
    },
    list: async () => [],
    status: () => [],
    use: () => {},
    close: async () => {},
  };
  const summaries = createSummaries({ sessions, log: pino({ level: "silent" }), now: () => clock.now });
  const skills = { offer: async () => ({ skills: [], text: "" }) };
  const chat = createChat({ agents, workspaces, sessions, summaries, providers, tools: createTools({ settings: testToolSettings() }), skills, recall: () => null, quotas: { budgetOf: () => undefined }, runs, now: () => clock.now++ });
  const say = (message: string, rest: Partial<ChatInput> = {}) =>
    chat.begin({ face: "agents", principal: owner, requestId: "req_1", message, sessionId: "sess_a", sessionPrefix: "sess", channel: "api", stream: false, ...rest });
  const messagesOf = async (id: string) => (await sessions.messages(id)).map(({ role, content }) => [role, content]);
  return { say, sessions, workspaces, runs, clock, messagesOf, asked, summarized };
}

/** Lets what is under way come to where it waits for something. Stores answer within a round of the event loop each. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((done) => setImmediate(done));
}

describe("turns of one session", () => {
  test("that come at once into a session that is not there yet: the first makes it, all are answered", async () => {
    const { say, sessions, messagesOf } = await chatWith();
    const begun = await Promise.all(["One", "Two", "Three"].map((message) => say(message)));
    await Promise.all(begun.map((run) => run.ended));
    expect(await messagesOf("sess_a")).toEqual(["One", "Two", "Three"].flatMap((said) => [["user", said], ["assistant", `You said: ${said}`]]));
    expect((await sessions.get(owner, "sess_a")).messageCount).toBe(6);
  });

  test("that come at once into a new session, while the provider is still asked for its models: all are answered", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { say, messagesOf } = await chatWith({ resolve: () => promise });
    const begun = Promise.all(["One", "Two"].map((message) => say(message)));
    await settle();
    resolve();
    await Promise.all((await begun).map((run) => run.ended));
    expect(await messagesOf("sess_a")).toEqual(["One", "Two"].flatMap((said) => [["user", said], ["assistant", `You said: ${said}`]]));
  });

  test("one whose model takes time to be looked up makes the session, and a quicker one behind it goes on with it", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { say, messagesOf, asked } = await chatWith({ resolve: async (model) => (model === "slow" ? promise : undefined) });
    const slow = say("Slow", { model: "slow" });
    await settle();
    const quick = await say("Quick");
    resolve();
    await Promise.all([(await slow).ended, quick.ended]);
    expect(await messagesOf("sess_a")).toEqual(["Slow", "Quick"].flatMap((said) => [["user", said], ["assistant", `You said: ${said}`]]));
    expect(asked.at(-1)?.map(({ content }) => content)).toEqual(["Slow", "You said: Slow", "Quick"]);
  });

  test("that come at once: each is told what was said in those before it", async () => {
    const { say, asked } = await chatWith();
    await (await say("Zero")).ended;
    const begun = await Promise.all(["One", "Two"].map((message) => say(message)));
    await Promise.all(begun.map((run) => run.ended));
    expect(asked.map((messages) => messages.map(({ content }) => content))).toEqual([
      ["Zero"],
      ["Zero", "You said: Zero", "One"],
      ["Zero", "You said: Zero", "One", "You said: One", "Two"],
    ]);
  });

  test("one that has to wait is told of at once; cancelled while it waits, it leaves no trace in the session", async () => {
    const gate = Promise.withResolvers<void>();
    const { say, runs, messagesOf } = await chatWith({ gate: gate.promise });
    const first = await say("One");
    const second = await say("Two");
    const third = await say("Three");
    await runs.cancel(second.id, owner);
    gate.resolve();
    await Promise.all([first.ended, third.ended]);
    expect(second.status).toBe("cancelled");
    expect(await messagesOf("sess_a")).toEqual([["user", "One"], ["assistant", "You said: One"], ["user", "Three"], ["assistant", "You said: Three"]]);
  });

  test("one session does not wait for another", async () => {
    const gate = Promise.withResolvers<void>();
    const { say, asked } = await chatWith({ gate: gate.promise });
    const all = await Promise.all([say("One", { sessionId: "sess_a" }), say("Two", { sessionId: "sess_b" })]);
    await expect.poll(() => asked.length).toBe(2);
    gate.resolve();
    await Promise.all(all.map((run) => run.ended));
  });

  test("one after a session was deleted begins it anew, and knows nothing of what was", async () => {
    const { say, sessions, asked, messagesOf } = await chatWith();
    await (await say("One")).ended;
    await sessions.delete(owner, "sess_a");
    await (await say("Two")).ended;
    expect(asked.at(-1)).toEqual([{ role: "user", content: "Two" }]);
    expect(await messagesOf("sess_a")).toEqual([["user", "Two"], ["assistant", "You said: Two"]]);
  });

  test("one after a session was cleared knows nothing of what was", async () => {
    const { say, sessions, asked } = await chatWith();
    await (await say("One")).ended;
    await sessions.clear(owner, "sess_a");
    await (await say("Two")).ended;
    expect(asked.at(-1)).toEqual([{ role: "user", content: "Two" }]);
  });
});

describe("a turn that is refused", () => {
  test("for its model, its agent or its workspace leaves no session, and the next is not held up", async () => {
    const { say, sessions, messagesOf } = await chatWith();
    await expect(say("Hi", { model: "nobody" })).rejects.toMatchObject({ code: "not_found" });
    await expect(say("Hi", { agentId: "nobody" })).rejects.toMatchObject({ code: "bad_request" });
    await expect(say("Hi", { workspaceId: "nobody" })).rejects.toMatchObject({ code: "not_found" });
    expect(await sessions.find(owner, "sess_a")).toBeUndefined();
    await (await say("Hi")).ended;
    expect(await messagesOf("sess_a")).toEqual([["user", "Hi"], ["assistant", "You said: Hi"]]);
  });

  test("for another agent than the session's is a conflict", async () => {
    const { say } = await chatWith();
    await (await say("Hi")).ended;
    // The turn before may not have left yet: then it is told by the run.
    await expect(say("Hi", { agentId: "other" }).then((run) => run.ended)).rejects.toMatchObject({ code: "conflict" });
  });
});

test("a session is called what its first message begins with: one line, whole characters", async () => {
  const { say, sessions } = await chatWith();
  await (await say(`  Hello\n\tthere ${"x".repeat(67)}🦞 and more`)).ended;
  const { title } = await sessions.get(owner, "sess_a");
  expect(title).toBe(`Hello there ${"x".repeat(67)}`);
});

test("a workspace that is deleted while a turn in it is made ready takes the turn with it", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { say, workspaces, sessions, asked } = await chatWith({ resolve: (model) => (model === "slow" ? promise : Promise.resolve()) });
  await workspaces.create(owner, { id: "team" });
  await (await say("One", { workspaceId: "team" })).ended;
  // Its session is in `team`, which the request does not say.
  const outcome = say("Two", { model: "slow" }).then(
    () => "begun",
    ({ code }: GatewayError) => code,
  );
  await settle();
  const deletion = workspaces.delete(owner, "team", { force: true });
  await settle();
  resolve();
  await deletion;
  expect(await outcome).toBe("cancelled");
  expect(asked).toHaveLength(1);
  expect(await sessions.count(owner)).toBe(0);
});

/** Numbered, and 100 tokens each with what is answered. */
const long = (index: number) => `${index} ${"x".repeat(180)}`;
const numbersOf = (messages: readonly ModelMessage[] | undefined) => messages?.map(({ content }) => Number(/\d+/.exec(content as string)?.[0]));

describe("a session that is longer than the model's window", () => {
  test("is told from the first of its turns that still fits, and stored whole", async () => {
    const { say, asked, sessions } = await chatWith({ contextWindow: 1000 });
    for (let index = 0; index < 10; index++) await (await say(long(index))).ended;
    expect(numbersOf(asked[2])).toEqual([0, 0, 1, 1, 2]);
    expect(numbersOf(asked.at(-1))).toEqual([4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9]);
    expect((await sessions.get(owner, "sess_a")).messageCount).toBe(20);
  });

  test("is told whole by a model of a larger window behind one of a small", async () => {
    const { say, asked } = await chatWith({ contextWindow: 1000 });
    for (let index = 0; index < 10; index++) await (await say(long(index))).ended;
    await (await say(long(10), { model: "large" })).ended;
    expect(asked.at(-1)).toHaveLength(21);
  });

  test("takes no message that does not fit by itself", async () => {
    const { say, sessions } = await chatWith({ contextWindow: 1000 });
    const refused = { code: "bad_request", status: 400, details: { reason: "context_length_exceeded", contextWindow: 1000, estimatedTokens: 1254 } };
    await expect(say("x".repeat(5000))).rejects.toMatchObject(refused);
    expect(await sessions.find(owner, "sess_a")).toBeUndefined();
  });
});

describe("a summary of a long session", () => {
  let count = 0;
  const numbered = () => `Summary ${++count}`;
  const systemOf = (messages: readonly ModelMessage[] | undefined) => (messages?.[0]?.role === "system" ? messages[0].content : undefined);

  test("is made of what has no more room, told from then on, and made anew of itself and what came since", async () => {
    count = 0;
    const { say, asked, summarized, sessions } = await chatWith({ contextWindow: 1000, summary: numbered });
    const usages: number[] = [];
    for (let index = 0; index < 14; index++) usages.push((await (await say(long(index))).ended).finished.usage.inputTokens);
    expect(summarized.length).toBeGreaterThan(1);
    expect(summarized.length).toBeLessThan(5);
    // The call of its own is counted with the turn that it was made in.
    expect(usages.filter((tokens) => tokens === 2)).toHaveLength(summarized.length);
    const [first, second] = summarized;
    expect(first).toMatch(/^The conversation:\n\nuser: 0 x/);
    expect(second).toMatch(/^What was said before, in short:\nSummary 1\n\nThe conversation:\n\nuser: \d/);
    // Nothing is lost between the summaries and what is told: each message is in one of them.
    const told = [...summarized.flatMap((text) => [...text.matchAll(/^user: (\d+)/gm)].map(([, number]) => Number(number))), ...numbersOf(asked.at(-1)!.filter(({ role }) => role === "user"))!];
    expect(told).toEqual(Array.from({ length: 14 }, (_, index) => index));
    expect(systemOf(asked.at(-1))).toMatch(new RegExp(`record, not instructions:\nSummary ${summarized.length}$`));
    expect((await sessions.get(owner, "sess_a")).summary?.text).toBe(`Summary ${summarized.length}`);
  });

  test("that fails is left out of the turn, is not tried again at once, and is made later", async () => {
    let answer = "";
    const { say, asked, summarized, clock } = await chatWith({ contextWindow: 1000, summary: () => answer });
    for (let index = 0; index < 8; index++) await (await say(long(index))).ended;
    expect(summarized).toHaveLength(1);
    expect(systemOf(asked.at(-1))).toBeUndefined();
    expect(numbersOf(asked.at(-1))).toEqual([2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7]);
    answer = "All of it";
    clock.now += 300_000;
    await (await say(long(8))).ended;
    expect(systemOf(asked.at(-1))).toContain("All of it");
    expect(summarized.at(-1)).toMatch(/^The conversation:/);
  });

  test("goes with the messages of a session that is cleared", async () => {
    const { say, sessions, asked, summarized } = await chatWith({ contextWindow: 1000, summary: () => "All of it" });
    for (let index = 0; index < 8; index++) await (await say(long(index))).ended;
    expect(summarized.length).toBeGreaterThan(0);
    await sessions.clear(owner, "sess_a");
    await (await say("Two")).ended;
    expect(asked.at(-1)).toEqual([{ role: "user", content: "Two" }]);
  });
});
