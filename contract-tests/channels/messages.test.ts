import { describe, expect, test, vi } from "vitest";
import { ConnectorError } from "../../server/connectors/port.ts";
import { patience, scriptedPlatform } from "../fakes/scripted-connector.ts";
import { questions, startChannelGateway } from "./channel-gateway.ts";

// What people who write to the bot see.

describe("a message", () => {
  test("is answered in its chat, in the session of that chat", async () => {
    const platform = scriptedPlatform();
    const server = await startChannelGateway(platform);
    await platform.receive({ chatId: "7", messageId: "in-7", text: "Hello" });
    await platform.untilSent(1);
    expect(platform.sent).toEqual([{ chatId: "7", messageId: "m1", text: "You said: Hello", format: "markdown", replyTo: "in-7", edits: 0 }]);
    const session = (await server.call("getSession", { path: { sessionId: "telegram:7" } })).json(200);
    expect(session).toMatchObject({ id: "telegram:7", workspace: "default", userId: "telegram:123", channel: "telegram" });
  });

  test("delivered twice makes one turn, also when the second comes with the first or after the answer", async () => {
    const platform = scriptedPlatform();
    const server = await startChannelGateway(platform);
    await Promise.all([platform.receive({ id: "u1", text: "Once" }), platform.receive({ id: "u1", text: "Once" })]);
    await platform.untilSent(1);
    await platform.receive({ id: "u1", text: "Once" });
    await platform.receive({ text: "Twice" });
    await platform.untilSent(2);
    expect(platform.texts()).toEqual(["You said: Once", "You said: Twice"]);
    expect(await questions(server, "telegram:7")).toEqual(["Once", "Twice"]);
  });

  test("waits for those before it in its chat; other chats do not", async () => {
    const platform = scriptedPlatform();
    await startChannelGateway(platform);
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    platform.failNext("send", held);
    await platform.receive({ chatId: "slow", text: "One" });
    await platform.receive({ chatId: "slow", text: "Two" });
    await platform.untilTried(1);
    await platform.receive({ chatId: "quick", text: "Three" });
    await platform.untilSent(1);
    letGo();
    await platform.untilSent(3);
    expect(platform.texts("slow")).toEqual(["You said: One", "You said: Two"]);
  });

  test("whose answer the platform could not take is answered once it can", async () => {
    const platform = scriptedPlatform();
    await startChannelGateway(platform);
    platform.failNext("send", new ConnectorError("unavailable", "too many requests", { retryAfterMs: 1 }), new ConnectorError("unknown", "cut", { retryAfterMs: 1 }));
    await platform.receive({ text: "Hello" });
    await platform.receive({ text: "Again" });
    await platform.untilSent(2);
    expect(platform.texts()).toEqual(["You said: Hello", "You said: Again"]);
  });

  test("whose answer is refused is given up and counted, and the next one is answered", async () => {
    const platform = scriptedPlatform();
    const server = await startChannelGateway(platform);
    platform.failNext("send", new ConnectorError("refused", "bot was blocked by the user"));
    await platform.receive({ text: "Hello" });
    await platform.receive({ text: "Again" });
    await platform.untilSent(1);
    expect(platform.texts()).toEqual(["You said: Again"]);
    const { channels } = (await server.call("listChannels")).json(200);
    expect(channels[0]).toMatchObject({ messagesReceived: 2, messagesSent: 1, messagesFailed: 1, lastMessageAt: expect.any(String) });
  });

  test("of which too many wait in one chat is refused, and the person is told", async () => {
    const platform = scriptedPlatform();
    const server = await startChannelGateway(platform);
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    platform.failNext("send", held);
    await platform.receive({ text: "First" });
    await platform.untilTried(1);
    for (let count = 0; count < 49; count++) await platform.receive({ text: `Number ${count}` });
    for (const text of ["One too many", "Another"]) await platform.receive({ text });
    await platform.untilSent(1);
    expect(platform.texts()[0]).toContain("faster than I can answer");
    letGo();
    await platform.untilSent(51);
    expect(await questions(server, "telegram:7")).not.toContain("One too many");
  });
});

describe("a long answer", () => {
  test("goes out in parts, of which the first shows what it answers", async () => {
    const platform = scriptedPlatform({ maxTextLength: 200 });
    await startChannelGateway(platform);
    await platform.receive({ messageId: "in", text: "[words 100]" });
    await platform.untilSent(4);
    expect(platform.texts().join(" ")).toBe(Array.from({ length: 100 }, (_, index) => `word${index}`).join(" "));
    expect(platform.sent.map(({ replyTo }) => replyTo)).toEqual(["in", undefined, undefined, undefined]);
  });

  test("is shown while it is written, where messages can be edited, and stands there whole in the end", async () => {
    const platform = scriptedPlatform({ maxTextLength: 400, editIntervalMs: 1, typingIntervalMs: 5 });
    await startChannelGateway(platform);
    await platform.receive({ text: "[slow 60]" });
    await vi.waitFor(() => expect(platform.sent[0]?.edits).toBeGreaterThan(0), patience);
    const whole = Array.from({ length: 60 }, (_, index) => `slow${index}`).join(" ");
    await vi.waitFor(() => expect(platform.texts().join(" ")).toBe(whole), patience);
    expect(platform.typed).toBeGreaterThan(1);
    for (const text of platform.texts()) expect(text.length).toBeLessThanOrEqual(400);
  });
});

describe("who is not let in", () => {
  const settings = { workspaces: [{ id: "team", allowlist: ["telegram:1"] }], channels: { telegram: { botToken: "123:abc", workspace: "team" } } };

  test("is told his id, once, and gets no turn", async () => {
    const platform = scriptedPlatform();
    const server = await startChannelGateway(platform, { settings });
    await platform.receive({ userId: "666", text: "Let me in" });
    await platform.receive({ userId: "666", text: "Please" });
    await platform.receive({ userId: "1", chatId: "8", text: "Hello" });
    await platform.untilSent(2);
    expect(platform.texts("7")).toEqual([expect.stringContaining("telegram:666")]);
    expect(platform.texts("8")).toEqual(["You said: Hello"]);
    (await server.call("getSession", { path: { sessionId: "telegram:7" } })).json(404);
  });

  test("gets silence in a group", async () => {
    const platform = scriptedPlatform();
    await startChannelGateway(platform, { settings });
    await platform.receive({ userId: "666", chatType: "group", text: "Hello" });
    await platform.receive({ userId: "1", chatType: "group", text: "Hello" });
    await platform.untilSent(1);
    expect(platform.texts()).toEqual(["You said: Hello"]);
  });
});

describe("commands", () => {
  test("/new forgets what was said; /start greets; neither makes a turn", async () => {
    const platform = scriptedPlatform();
    const server = await startChannelGateway(platform);
    await platform.receive({ text: "/start" });
    await platform.receive({ text: "Remember this" });
    await platform.receive({ text: "/new" });
    await platform.receive({ text: "What was it?" });
    await platform.untilSent(4);
    expect(platform.texts()).toEqual([expect.stringContaining("Hello!"), "You said: Remember this", expect.stringContaining("new conversation"), "You said: What was it?"]);
    expect(await questions(server, "telegram:7")).toEqual(["What was it?"]);
  });
});

describe("a turn that comes to nothing", () => {
  test("is told to the chat in words that say what to do, and nothing of what is inside", async () => {
    const platform = scriptedPlatform();
    await startChannelGateway(platform);
    await platform.receive({ text: "Hello [500]" });
    await platform.receive({ text: "x ".repeat(2_000_000) });
    await platform.untilSent(2);
    expect(platform.texts()).toEqual(["I cannot answer at the moment. Please try again in a few minutes.", "This is too long for me. Please send a shorter message, or begin anew with /new."]);
  });

  test("is told when the workspace is gone", async () => {
    const platform = scriptedPlatform();
    const server = await startChannelGateway(platform, { settings: { channels: { telegram: { botToken: "123:abc", workspace: "team" } } } });
    await server.call("deleteWorkspace", { path: { workspaceId: "team" } });
    await platform.receive();
    await platform.untilSent(1);
    expect(platform.texts()[0]).toContain("Something went wrong");
  });
});

test("a call that waits to be approved is told to the chat", async () => {
  const platform = scriptedPlatform();
  const server = await startChannelGateway(platform, { settings: { tools: { ask: ["calculate"] } } });
  await platform.receive({ text: "calculate 6 * 7" });
  await platform.untilSent(1);
  const [, runId = ""] = /use calculate.*\((?:run )?(run_\w+)\)/.exec(platform.texts()[0]!) ?? [];
  const { pendingApprovals = [] } = (await server.call("getRun", { path: { runId } })).json(200);
  await server.call("approveToolCall", { path: { runId, callId: pendingApprovals[0]?.callId ?? "" }, json: { approve: true } });
  await platform.untilSent(2);
  expect(platform.texts()[1]).toBe("The tool says: 42");
});

test("a chat whose session's id is another workspace's has one of its own", async () => {
  const platform = scriptedPlatform();
  const server = await startChannelGateway(platform, { settings: { channels: { telegram: { botToken: "123:abc", workspace: "team" } } } });
  await server.call("chat", { json: { message: "Mine", conversationId: "telegram:7" } });
  await platform.receive({ text: "Hello" });
  await platform.untilSent(1);
  expect(await questions(server, "telegram:7")).toEqual(["Mine"]);
  expect(await questions(server, "telegram:7:team")).toEqual(["Hello"]);
});

test("what comes and goes is in the log of events", async () => {
  const platform = scriptedPlatform();
  const server = await startChannelGateway(platform);
  await platform.receive({ text: "Hello" });
  await platform.untilSent(1);
  await server.call("sendToChannel", { json: { channel: "telegram", chatId: "9", message: "News" } });
  platform.become("connecting", "the connection was lost");
  const seen = await vi.waitFor(async () => {
    const { events } = (await server.call("listEvents", { query: { types: ["message.received", "message.sent", "channel.connected", "channel.disconnected"], limit: 100 } })).json(200);
    expect(events).toHaveLength(5);
    return events;
  }, patience);
  const of = (type: string) => seen.filter(({ event }) => event === type).map(({ data }) => data);
  expect(of("channel.connected")).toEqual([{ channel: "telegram", workspace: "default" }]);
  expect(of("message.received")).toMatchObject([{ chatId: "7", from: { id: "123", name: "Anna" }, content: "Hello", sessionId: "telegram:7" }]);
  expect(of("message.sent")).toContainEqual(expect.objectContaining({ chatId: "7", response: "You said: Hello", sessionId: "telegram:7", runId: expect.stringMatching(/^run_/) }));
  expect(of("message.sent")).toContainEqual(expect.objectContaining({ chatId: "9", response: "News", messageId: "m2", sessionId: null }));
  expect(of("channel.disconnected")).toEqual([{ channel: "telegram", workspace: "default", reason: "the connection was lost" }]);
});
