import { afterEach, beforeEach, expect, test } from "vitest";
import { freePort } from "../../../contract-tests/harness/free-port.ts";
import { ConnectorError, type OutboundMessage } from "../port.ts";
import { createDiscordRest } from "./rest.ts";
import { createTestDiscord, type TestDiscord } from "./testing.ts";

let discord: TestDiscord;
beforeEach(async () => {
  discord = await createTestDiscord();
  await discord.connect();
});
afterEach(() => discord.close());

const chatId = "700000000000000009";
const plain = (text: string, replyTo?: string): OutboundMessage => ({ text, format: "plain", replyTo });
const markdown = (text: string): OutboundMessage => ({ text, format: "markdown" });
const send = (message: OutboundMessage, to = chatId, signal?: AbortSignal) => discord.connector.send(to, message, signal);

async function failureOf(promise: Promise<unknown>): Promise<Pick<ConnectorError, "kind" | "message" | "retryAfterMs">> {
  const error = await promise.then(() => undefined, (reason: unknown) => reason);
  if (!(error instanceof ConnectorError)) throw new Error(`no ConnectorError: ${String(error)}`);
  expect(JSON.stringify([error.message, error.cause]) + error.stack).not.toContain(discord.fake.botToken);
  return { kind: error.kind, message: error.message, retryAfterMs: error.retryAfterMs };
}

test("a message, with a receipt, and without a mention of anybody", async () => {
  const { messageId } = await send(plain("hi @everyone *all*"));
  expect(discord.fake.sent).toMatchObject([{ id: messageId, channelId: chatId, content: "hi \\@everyone \\*all\\*", allowedMentions: { parse: [] }, replyTo: undefined }]);
});

test("Markdown in Discord's way", async () => {
  await send(markdown("**bold**\n\n| a |\n|---|\n| b |"));
  expect(discord.fake.sent[0]!.content).toBe("**bold**\n\n```\na\n-\nb\n```");
});

test("an answer quotes the question in servers, and not in direct chats", async () => {
  await send(plain("yes", "1234"));
  discord.fake.receive({ text: "hello" });
  await discord.untilReceived(1);
  const { chatId: directChat, messageId } = discord.received[0]!;
  await send(plain("hello", messageId), directChat);
  expect(discord.fake.sent).toMatchObject([{ replyTo: "1234", allowedMentions: { parse: [], replied_user: true } }, { replyTo: undefined }]);
});

test("text that escaping makes too long arrives nevertheless", async () => {
  const stars = "* ".repeat(900);
  await send(plain(stars));
  await send(plain("*".repeat(2_000)));
  await send(plain("```" + "*".repeat(1_500)));
  const table = `|${"a".repeat(20)}|b|\n|-|-|\n${"|1|2|\n".repeat(250)}`;
  await send(markdown(table));
  expect(discord.fake.sent.map(({ content }) => content)).toEqual([`\`\`\`\n${stars}\n\`\`\``, "*".repeat(2_000), "```" + "*".repeat(1_500), table.trim()]);
});

test("an edit puts another text in the place of one", async () => {
  const { messageId } = await send(plain("one"));
  await discord.connector.edit!(chatId, messageId, markdown("two ||"));
  expect(discord.fake.edits).toEqual([{ channelId: chatId, messageId, content: "two \\|\\|", allowedMentions: { parse: [] } }]);
  expect(await failureOf(discord.connector.edit!(chatId, "999", plain("x")))).toMatchObject({ kind: "refused", message: "Discord refused: Unknown Message (10008)" });
});

test("typing is shown, and its failures are nobody's", async () => {
  await discord.connector.showTyping!(chatId, "1");
  discord.fake.failNext({ status: 500 });
  await discord.connector.showTyping!(chatId, "1");
  await discord.connector.showTyping!("no id", "1");
  expect(discord.fake.typed).toEqual([chatId]);
});

test("a user's id is as good as a chat's: the direct chat is opened once", async () => {
  const userId = "812345678901234567";
  discord.fake.unknownChannels.add(userId);
  discord.fake.users.add(userId);
  await send(plain("one"), userId);
  const { messageId } = await send(plain("two", "77"), userId);
  await discord.connector.edit!(userId, messageId, plain("three"));
  expect(discord.fake.requests.filter((call) => call === "POST /users/@me/channels")).toHaveLength(1);
  const [first, second] = discord.fake.sent;
  expect(first!.channelId).not.toBe(userId);
  expect(second).toMatchObject({ channelId: first!.channelId, content: "three", replyTo: undefined });
});

test("when the direct chat cannot be opened for now, the message has not been sent", async () => {
  discord.fake.failNext({ status: 404, body: { message: "Unknown Channel", code: 10_003 } }, "cut");
  expect(await failureOf(send(plain("x"), "812345678901234567"))).toMatchObject({ kind: "unavailable" });
});

test("an id of nobody is refused as an unknown channel", async () => {
  discord.fake.unknownChannels.add("711111111111111111");
  expect(await failureOf(send(plain("x"), "711111111111111111"))).toEqual({ kind: "refused", message: "Discord refused: Unknown Channel (10003)", retryAfterMs: null });
});

test.each(["../guilds/1", "", "12/34", "general"])("%j is no id, and goes nowhere", async (id) => {
  const asked = discord.fake.requests.length;
  expect(await failureOf(send(plain("x"), id))).toMatchObject({ kind: "refused" });
  expect(await failureOf(send(plain("x", id)))).toMatchObject({ kind: "refused" });
  expect(await failureOf(discord.connector.edit!(chatId, id, plain("x")))).toMatchObject({ kind: "refused" });
  expect(discord.fake.requests).toHaveLength(asked);
});

test.each([
  ["403", { status: 403, body: { message: "Missing Permissions", code: 50_013 } }, { kind: "refused", message: "Discord refused: Missing Permissions (50013)", retryAfterMs: null }],
  ["401", { status: 401, body: { message: "401: Unauthorized", code: 0 } }, { kind: "unavailable", message: "Discord refused the bot token: 401: Unauthorized", retryAfterMs: null }],
  ["503", { status: 503 }, { kind: "unavailable", message: "Discord answered 503 Service Unavailable.", retryAfterMs: null }],
  ["a cut", "cut", { kind: "unknown", message: "The call to Discord was cut: other side closed", retryAfterMs: null }],
] as const)("%s is one attempt with its own error, and the next message goes out", async (_, failure, error) => {
  discord.fake.failNext(failure);
  expect(await failureOf(send(plain("x")))).toEqual(error);
  expect(discord.fake.sent).toEqual([]);
  await send(plain("y"));
  expect(discord.fake.sent).toHaveLength(1);
});

test("an empty message is refused by Discord, with its reason", async () => {
  expect(await failureOf(send(plain(" ")))).toMatchObject({ kind: "refused", message: "Discord refused: Cannot send an empty message (50006)" });
});

test("a 429 says when to come again", async () => {
  discord.fake.failNext({ status: 429, headers: { "retry-after": "3" }, body: { message: "You are being rate limited.", retry_after: 2.5, global: false } });
  const { kind, retryAfterMs } = await failureOf(send(plain("x")));
  expect(kind).toBe("unavailable");
  expect(retryAfterMs).toBeGreaterThanOrEqual(2_500);
  expect(retryAfterMs).toBeLessThanOrEqual(3_100);
});

test("a global 429 holds every chat back, without asking Discord again", async () => {
  discord.fake.failNext({ status: 429, headers: { "retry-after": "3", "x-ratelimit-global": "true" }, body: { message: "You are being rate limited.", retry_after: 3, global: true } });
  await failureOf(send(plain("x")));
  const asked = discord.fake.requests.length;
  const { kind, retryAfterMs } = await failureOf(send(plain("x"), "700000000000000010"));
  expect(kind).toBe("unavailable");
  expect(retryAfterMs).toBeGreaterThan(2_000);
  expect(discord.fake.requests).toHaveLength(asked);
});

test("what would break a limit that Discord has told is not even asked", async () => {
  discord.fake.failNext({ status: 200, body: { id: "1" }, headers: { "x-ratelimit-limit": "5", "x-ratelimit-remaining": "0", "x-ratelimit-reset-after": "2" } });
  await send(plain("the last of five"));
  const asked = discord.fake.requests.length;
  const { kind, retryAfterMs } = await failureOf(send(plain("one too many")));
  expect(kind).toBe("unavailable");
  expect(retryAfterMs).toBeGreaterThan(1_000);
  expect(discord.fake.requests).toHaveLength(asked);
});

test("a message whose receipt was cut, sent again, arrives once; the same words later are another", async () => {
  discord.fake.failNext("cut-after");
  expect(await failureOf(send(plain("ping")))).toMatchObject({ kind: "unknown" });
  const { messageId } = await send(plain("ping"));
  expect(discord.fake.sent).toMatchObject([{ id: messageId, content: "ping" }]);
  await send(plain("ping"));
  expect(discord.fake.sent).toHaveLength(2);
});

test("whoever leaves does not know whether it arrived", async () => {
  const leaving = new AbortController();
  discord.fake.failNext("hang");
  const asked = discord.fake.requests.length;
  const sending = failureOf(send(plain("x"), chatId, leaving.signal));
  await discord.fake.untilRequested(asked + 1);
  leaving.abort();
  expect(await sending).toMatchObject({ kind: "unknown" });
});

test("a call that is not answered ends", async () => {
  const rest = createDiscordRest({ apiRoot: discord.fake.apiRoot, token: discord.fake.botToken, timeoutMs: 50 });
  discord.fake.failNext("hang");
  expect(await failureOf(rest.call("POST", `/channels/${chatId}/messages`, { content: "x" }))).toMatchObject({ kind: "unknown", message: "Discord did not answer within 0.05 seconds." });
  rest.close();
});

test("nobody at the address: it did not get out", async () => {
  const port = await freePort();
  const rest = createDiscordRest({ apiRoot: `http://127.0.0.1:${port}/api`, token: "x" });
  expect(await failureOf(rest.call("POST", `/channels/${chatId}/messages`, { content: "x" }))).toMatchObject({ kind: "unavailable", message: `Discord cannot be reached: connect ECONNREFUSED 127.0.0.1:${port}` });
  rest.close();
});

test("after a stop nothing goes out", async () => {
  await discord.connector.stop();
  expect(await failureOf(send(plain("x")))).toMatchObject({ kind: "unavailable", message: "Discord is not connected." });
  await discord.connector.showTyping!(chatId, "1");
  expect(discord.fake.typed).toEqual([]);
});
