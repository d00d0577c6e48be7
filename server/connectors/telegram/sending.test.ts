import { describe, expect, test } from "vitest";
import { ConnectorError } from "../port.ts";
import { connectTelegram } from "./testing.ts";

const plain = (text: string) => ({ text, format: "plain" as const });
const markdown = (text: string) => ({ text, format: "markdown" as const });

async function failure(promise: Promise<unknown>): Promise<ConnectorError> {
  const error: unknown = await promise.then(() => undefined, (thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ConnectorError);
  return error as ConnectorError;
}

describe("a message", () => {
  test("has Telegram's id, and arrives letter by letter when it is plain", async () => {
    const { fake, connector } = await connectTelegram();
    const text = "1 < 2 && *not bold* _x_ `y` [z](http://z) <b>&amp;</b>";
    const { messageId } = await connector.send("1001", plain(text));
    expect(fake.sent).toMatchObject([{ messageId, chatId: "1001", text, parseMode: undefined }]);
    expect(fake.sent[0]!.payload).toMatchObject({ link_preview_options: { is_disabled: true } });
  });

  test("is formatted when it is markdown", async () => {
    const { fake, connector } = await connectTelegram();
    await connector.send("1001", markdown("**Yes**, `a<b`"));
    expect(fake.sent).toMatchObject([{ parseMode: "HTML", source: "<b>Yes</b>, <code>a&lt;b</code>", text: "Yes, a<b" }]);
  });

  test("is sent as it was written when Telegram refuses the formatting, or formatting makes it too long", async () => {
    const { fake, connector } = await connectTelegram();
    fake.failNext({ status: 400, description: "Bad Request: can't parse entities: Unsupported start tag" }, { method: "sendMessage" });
    await connector.send("1001", markdown("**Yes**"));
    const wide = `|${"a|".repeat(100)}\n|${"-|".repeat(100)}\n|${"long cell|".repeat(100)}\n${"|b|\n".repeat(50)}`;
    await connector.send("1001", markdown(wide));
    expect(fake.sent).toMatchObject([{ parseMode: undefined, text: "**Yes**" }, { parseMode: undefined, source: wide }]);
  });

  test("may have 4096 UTF-16 units when its formatting is taken off", async () => {
    const { fake, connector } = await connectTelegram();
    await connector.send("1001", markdown(`**${"😀".repeat(2040)}** <&>`));
    expect(fake.sent[0]!.text.length).toBeLessThanOrEqual(connector.maxTextLength);
    expect(fake.sent[0]!.parseMode).toBe("HTML");
    expect(await failure(connector.send("1001", plain("x".repeat(4097))))).toMatchObject({ kind: "refused", message: "Bad Request: message is too long." });
  });

  test("goes to a topic, and to a public name", async () => {
    const { fake, connector } = await connectTelegram();
    await connector.send("-1001234567890:42", plain("In the topic"));
    await connector.send("@a_channel", plain("In public"));
    expect(fake.sent).toMatchObject([{ chatId: "-1001234567890", threadId: 42 }, { chatId: "@a_channel", threadId: undefined }]);
  });

  test("shows in groups what it answers, deleted or not", async () => {
    const { fake, connector } = await connectTelegram();
    await connector.send("-100123", { ...plain("Yes"), replyTo: "77" });
    await connector.send("1001", { ...plain("Yes"), replyTo: "78" });
    expect(fake.sent.map(({ replyTo }) => replyTo)).toEqual([77, undefined]);
    expect(fake.sent[0]!.payload["reply_parameters"]).toEqual({ message_id: 77, allow_sending_without_reply: true });
  });

  test.each(["", "Ada", "1001:", "1001:x", "@", "1e3", "../getMe", "99999999999999999"])("is refused for a chat that is none: %j", async (chatId) => {
    const { fake, connector } = await connectTelegram({ start: false });
    connector.start();
    expect(await failure(connector.send(chatId, plain("Hi")))).toMatchObject({ kind: "refused", message: expect.stringContaining("no chat id of Telegram") });
    expect(fake.sent).toEqual([]);
  });
});

describe("what becomes of a message that fails", () => {
  test.each([
    ["Telegram says so", { status: 400, description: "Bad Request: chat not found" }, { kind: "refused", message: "Bad Request: chat not found." }],
    ["the person has blocked the bot", { status: 403, description: "Forbidden: bot was blocked by the user" }, { kind: "refused", message: "Forbidden: bot was blocked by the user." }],
    ["the group has moved", { status: 400, description: "Bad Request: group chat was upgraded to a supergroup chat", parameters: { migrate_to_chat_id: -100987 } }, { kind: "refused", message: "The group has become a supergroup, whose chat id is -100987." }],
    ["it was too fast", { status: 429, description: "Too Many Requests: retry after 3", parameters: { retry_after: 3 } }, { kind: "unavailable", retryAfterMs: 3000 }],
    ["Telegram has a fault", { status: 500, description: "Internal Server Error" }, { kind: "unavailable", retryAfterMs: null }],
    ["a proxy has", "garbage", { kind: "unavailable" }],
    ["the connection is cut", "drop", { kind: "unknown" }],
    ["the answer is lost", "lose", { kind: "unknown" }],
    ["nothing comes back", "hang", { kind: "unknown", message: "Telegram did not answer in time." }],
  ] as const)("%s, after one attempt", async (_name, planned, expected) => {
    const { fake, connector } = await connectTelegram({ callTimeoutMs: 200, before: (fake) => fake.failNext(planned, { method: "sendMessage" }) });
    const error = await failure(connector.send("1001", markdown("Hi")));
    expect(error).toMatchObject(expected);
    expect(fake.calls.filter(({ method }) => method === "sendMessage")).toHaveLength(1);
    expect(JSON.stringify([error.message, String(error.cause)])).not.toContain(fake.botToken);
  });

  test("unavailable: when Telegram cannot be reached", async () => {
    const { fake, connector } = await connectTelegram();
    await fake.close();
    expect(await failure(connector.send("1001", plain("Hi")))).toMatchObject({ kind: "unavailable", message: "Telegram is out of reach: ECONNREFUSED." });
  });

  test("unavailable: when it was called off before; unknown: when it was called off on its way", async () => {
    const { fake, connector } = await connectTelegram();
    expect(await failure(connector.send("1001", plain("Hi"), AbortSignal.abort()))).toMatchObject({ kind: "unavailable" });
    fake.failNext("hang", { method: "sendMessage" });
    const leaving = new AbortController();
    const sent = failure(connector.send("1001", plain("Hi"), leaving.signal));
    await fake.until(() => fake.calls.some(({ method }) => method === "sendMessage"));
    leaving.abort();
    expect(await sent).toMatchObject({ kind: "unknown" });
    expect(fake.sent).toEqual([]);
  });
});

describe("an edit", () => {
  test("puts another text in its place, formatted too", async () => {
    const { fake, connector } = await connectTelegram();
    const { messageId } = await connector.send("-100123:4", markdown("Thin"));
    await connector.edit!("-100123:4", messageId, markdown("Think**ing**"));
    expect(fake.sent).toMatchObject([{ text: "Thinking", parseMode: "HTML", edits: 1 }]);
  });

  test("to what is there already is done", async () => {
    const { connector, fake } = await connectTelegram();
    const { messageId } = await connector.send("1001", plain("Same"));
    await connector.edit!("1001", messageId, plain("Same"));
    expect(fake.sent[0]!.edits).toBe(0);
  });

  test("of a message that is gone is refused", async () => {
    const { connector } = await connectTelegram();
    expect(await failure(connector.edit!("1001", "1", plain("Hi")))).toMatchObject({ kind: "refused", message: "Bad Request: message to edit not found." });
  });

  test("is sent as it was written when Telegram refuses the formatting", async () => {
    const { fake, connector } = await connectTelegram();
    const { messageId } = await connector.send("1001", plain("Hi"));
    fake.failNext({ status: 400, description: "Bad Request: can't parse entities: at byte offset 3" }, { method: "editMessageText" });
    await connector.edit!("1001", messageId, markdown("**Hi**"));
    expect(fake.sent).toMatchObject([{ text: "**Hi**", edits: 1 }]);
  });
});

test("a typing sign is shown in the chat, and no failure of it is told", async () => {
  const { fake, connector } = await connectTelegram();
  await connector.showTyping!("-100123:9", "1");
  expect(fake.typing).toEqual(["-100123"]);
  fake.failNext({ status: 400, description: "Bad Request: chat not found" }, { method: "sendChatAction" });
  await connector.showTyping!("1001", "1");
  await connector.showTyping!("nobody", "1");
});
