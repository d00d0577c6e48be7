import pino from "pino";
import { describe, expect, test } from "vitest";
import { createAgents, type AgentSettings } from "../agents/service.ts";
import { testPrincipal } from "../keys/testing.ts";
import type { ModelMessage, Provider } from "../providers/port.ts";
import type { Providers } from "../providers/registry.ts";
import { createRuns } from "../runs/service.ts";
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

const owner = testPrincipal();
const agent: AgentSettings = { id: "main", name: "Main", description: "", model: null, systemPrompt: "", tools: [], skills: [], maxSteps: 4 };

/** A chat on a database in memory, with a model that says back what it is told, once `gate` lets it; `resolve` is waited for before it is found. */
async function chatWith({ gate = Promise.resolve(), resolve = async () => {} }: { gate?: Promise<void>; resolve?: (model: string | null | undefined) => Promise<void> } = {}) {
  let now = 1000;
  const database = await temporaryDatabase();
  const agents = createAgents({ list: [agent, { ...agent, id: "other" }], default: "main" });
  const runs = createRuns({ store: createRunStore({ database }), log: pino({ level: "silent" }), now: () => now });
  const workspaces = createWorkspaces({ store: createWorkspaceStore({ database }), agents, runs, now: () => now });
  await workspaces.seed([{ id: "default", label: "Default", agent: null, skills: [], allowlist: [] }]);
  const sessions = createSessions({ store: createSessionStore({ database }), workspaces });
  const asked: (readonly ModelMessage[])[] = [];
  const provider: Provider = {
    name: "said",
    type: "embedded",
    async *generate({ messages }) {
      asked.push(messages);
      await gate;
      yield [
        { type: "started", model: "m" },
        { type: "text", text: `You said: ${messages.at(-1)!.content as string}` },
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
      return { provider, model: "m", id: "said/m" };
    },
    list: async () => [],
    status: () => [],
    use: () => {},
    close: async () => {},
  };
  const chat = createChat({ agents, workspaces, sessions, providers, tools: createTools({ settings: testToolSettings() }), recall: () => null, quotas: { budgetOf: () => undefined }, runs, now: () => now++ });
  const say = (message: string, rest: Partial<ChatInput> = {}) =>
    chat.begin({ face: "agents", principal: owner, requestId: "req_1", message, sessionId: "sess_a", sessionPrefix: "sess", channel: "api", stream: false, ...rest });
  const messagesOf = async (id: string) => (await sessions.messages(id)).map(({ role, content }) => [role, content]);
  return { say, sessions, workspaces, runs, messagesOf, asked };
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
