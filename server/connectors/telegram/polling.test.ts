import { describe, expect, test, vi } from "vitest";
import { updateOf } from "../../../contract-tests/fakes/telegram/updates.ts";
import { longestMs } from "../../backoff.ts";
import { connectTelegram } from "./testing.ts";

const isConnected = ({ connector }: Awaited<ReturnType<typeof connectTelegram>>) => connector.status().state === "connected";
const statesOf = (changes: readonly { state: string; error: string | null }[]) => changes.map(({ state, error }) => (error === null ? state : `${state}: ${error}`));

describe("what people write", () => {
  test("comes in once it is stored, and Telegram is told only then", async () => {
    const stored = Promise.withResolvers<void>();
    const asked: string[] = [];
    const { fake, received, until } = await connectTelegram({
      store: (message) => {
        asked.push(message.text);
        return stored.promise;
      },
    });
    fake.receive({ text: "Hello" });
    await until(() => asked.length === 1);
    expect([received.length, fake.waiting]).toEqual([0, 1]);
    stored.resolve();
    await fake.until(() => fake.waiting === 0);
    expect(received).toEqual([
      { id: "1001:10001", chatId: "1001", messageId: "10001", chatType: "direct", userId: "1001", userName: "Ada", text: "Hello", sentAt: 1_777_535_400_000 },
    ]);
  });

  test("is asked for again when it could not be stored, with what the chat says behind it, in order", async () => {
    let failures = 2;
    const { fake, received, until, pass, lines, connector } = await connectTelegram({
      store: async ({ text }) => {
        if (text === "one" && failures-- > 0) throw new Error("the disk is full");
      },
      before(fake) {
        for (const text of ["one", "two"]) fake.receive({ text });
        fake.receive({ text: "elsewhere", from: { id: 2002 } });
      },
    });
    const first = await pass();
    // Another chat does not wait for this one.
    expect(received.map(({ text }) => text)).toEqual(["elsewhere"]);
    expect(fake.waiting).toBe(3);
    expect(connector.status().state).toBe("connected");
    expect(await pass()).toBeGreaterThan(first / 2);
    await fake.until(() => fake.waiting === 0);
    await until(() => received.filter(({ chatId }) => chatId === "1001").length === 2);
    expect(received.filter(({ chatId }) => chatId === "1001").map(({ text }) => text)).toEqual(["one", "two"]);
    expect(lines.filter((line) => line.includes("could not be stored"))).toHaveLength(2);
  });

  test("has the same id when it is delivered twice", async () => {
    const { fake, received, until } = await connectTelegram();
    fake.receive({ text: "Twice" }, { times: 2 });
    await until(() => received.length === 2);
    expect(new Set(received.map(({ id }) => id)).size).toBe(1);
  });

  test("comes in order within a chat, and chats do not wait for each other", async () => {
    const slow = Promise.withResolvers<void>();
    const { received, until } = await connectTelegram({
      store: ({ text }) => (text === "a1" ? slow.promise : Promise.resolve()),
      before(fake) {
        fake.receive({ text: "a1" });
        fake.receive({ text: "a2" });
        fake.receive({ text: "b1", from: { id: 2002 } });
      },
    });
    await until(() => received.length === 1);
    slow.resolve();
    await until(() => received.length === 3);
    expect(received.map(({ text }) => text)).toEqual(["b1", "a1", "a2"]);
  });

  test("is found although Telegram has begun to number anew", async () => {
    const { fake, received } = await connectTelegram({ pollSeconds: 0 });
    fake.receive({ text: "before" });
    await fake.until(() => fake.waiting === 0 && fake.calls.at(-1)?.payload["offset"] === 0);
    fake.receiveUpdate({ ...updateOf({ text: "after" }, 5) });
    await fake.until(() => fake.waiting === 0);
    expect(received.map(({ text }) => text)).toEqual(["before", "after"]);
  });
});

test("updates of other types are ignored, and named once in the log", async () => {
  const { fake, received, lines, until } = await connectTelegram();
  for (let count = 0; count < 2; count++) fake.receiveUpdate({ edited_message: { message_id: 1, text: "changed" } });
  fake.receiveUpdate({ something_new: {} });
  fake.receiveUpdate({});
  // What is broken must not hold up the rest.
  fake.receiveUpdate({ message: { message_id: 7, from: { id: 1 } } });
  fake.receive({ text: "Hello" });
  await until(() => received.length === 1);
  expect(lines.filter((line) => line.includes("edited_message"))).toHaveLength(1);
  expect(lines.filter((line) => line.includes("something_new"))).toHaveLength(1);
  expect(lines.filter((line) => line.includes("cannot be read"))).toHaveLength(1);
});

describe("the connection", () => {
  test("is told of once it stands, and takes away a webhook that was set", async () => {
    const connected = await connectTelegram({ before: (fake) => fake.takeWebhook("https://elsewhere.example/hook") });
    await connected.until(() => isConnected(connected));
    expect(connected.fake.webhook).toBeNull();
    expect(statesOf(connected.changes)).toEqual(["connected"]);
    expect(connected.fake.calls.map(({ method }) => method).slice(0, 4)).toEqual(["getMe", "getWebhookInfo", "deleteWebhook", "getUpdates"]);
    // What waits in Telegram is not thrown away.
    expect(connected.fake.calls[2]!.payload).not.toHaveProperty("drop_pending_updates");
    expect(connected.fake.calls[3]!.payload).toMatchObject({ allowed_updates: ["message"] });
  });

  test("needs a token that Telegram knows: else it is disconnected, and tried again after the longest wait", async () => {
    for (const botToken of ["4242:wrong", "no token at all"]) {
      const { connector, changes, pass, fake, lines } = await connectTelegram({ settings: { botToken } });
      expect(await pass()).toBe(longestMs);
      expect(await pass()).toBe(longestMs);
      expect(statesOf(changes)).toEqual([expect.stringMatching(/^disconnected: Telegram refused the bot token: (Unauthorized|Not Found)$/)]);
      expect(connector.status()).toMatchObject({ state: "disconnected" });
      expect(fake.calls).toEqual([]);
      expect(lines.join("")).not.toContain(botToken);
    }
  });

  test("comes back after the token was revoked and given back", async () => {
    const connected = await connectTelegram({ before: (fake) => fake.failNext({ status: 401, description: "Unauthorized" }, { method: "getUpdates" }) });
    await connected.pass();
    await connected.until(() => isConnected(connected));
    expect(statesOf(connected.changes)).toEqual(["disconnected: Telegram refused the bot token: Unauthorized", "connected"]);
  });

  test("is tried again with longer and longer waits while Telegram is out of reach", async () => {
    // A port that was free a moment ago.
    const { fake: gone } = await connectTelegram({ start: false });
    await gone.close();
    const { changes, pass, lines } = await connectTelegram({ settings: { apiRoot: gone.apiRoot } });
    const waits = [];
    for (let count = 0; count < 9; count++) waits.push(await pass());
    expect(waits[0]).toBeLessThanOrEqual(1000);
    expect(waits.at(-1)).toBeGreaterThanOrEqual(longestMs / 2);
    expect(statesOf(changes)).toEqual(["connecting: Telegram is out of reach: ECONNREFUSED"]);
    expect(lines).toHaveLength(1);
  });

  test.each([
    ["is cut", "drop", /the connection to Telegram broke/],
    ["meets a fault of Telegram's", { status: 500, description: "Internal Server Error" }, /500 Internal Server Error/],
    ["meets a proxy's page", "garbage", /502 Bad Gateway/],
  ] as const)("that %s is connecting with the reason, and then connected again", async (_name, failure, reason) => {
    const connected = await connectTelegram();
    await connected.until(() => isConnected(connected));
    connected.fake.failNext(failure, { method: "getUpdates" });
    connected.fake.receive({ text: "Hello" });
    await connected.pass();
    await connected.until(() => connected.changes.length === 3);
    expect(statesOf(connected.changes)).toEqual(["connected", expect.stringMatching(new RegExp(`^connecting: .*${reason.source}`)), "connected"]);
    await connected.until(() => connected.received.length > 0);
  });

  test("gives up a question that is never answered", async () => {
    const connected = await connectTelegram({ callTimeoutMs: 50, before: (fake) => fake.failNext("hang", { method: "getUpdates" }), pollSeconds: 0 });
    await connected.pass();
    expect(statesOf(connected.changes).slice(0, 1)).toEqual(["connecting: Telegram did not answer in time"]);
    await connected.until(() => isConnected(connected));
  });

  test("waits as long as Telegram says", async () => {
    const { pass } = await connectTelegram({ before: (fake) => fake.failNext({ status: 429, description: "Too Many Requests: retry after 7", parameters: { retry_after: 7 } }) });
    expect(await pass()).toBe(7000);
  });

  test("is not fought over with another program: disconnected, and not connected again before a whole question went through", async () => {
    const connected = await connectTelegram();
    await connected.until(() => isConnected(connected));
    const other = () => fetch(`${connected.fake.apiRoot}/bot${connected.fake.botToken}/getUpdates`, { method: "POST", headers: { "Content-Type": "application/json" }, body: '{"timeout":0}' });
    await connected.until(() => connected.fake.calls.at(-1)?.payload["timeout"] === 25);
    await other();
    expect(await connected.pass()).toBe(longestMs);
    expect(connected.connector.status()).toMatchObject({ state: "disconnected", error: expect.stringContaining("Another program receives this bot's messages: Conflict") });
    await connected.until(() => connected.fake.calls.filter(({ payload }) => payload["timeout"] === 25).length === 2);
    await other();
    expect(await connected.pass()).toBe(longestMs);
    expect(connected.changes).toHaveLength(2);
    await connected.until(() => connected.fake.calls.filter(({ payload }) => payload["timeout"] === 25).length === 3);
    connected.fake.receive({ text: "Mine again" });
    await connected.until(() => isConnected(connected));
  });

  test("goes to the settings' apiRoot and nowhere else, and the token into no line of the log", async () => {
    const fetched = vi.spyOn(globalThis, "fetch");
    const { fake, connector, received, lines, changes, until, pass } = await connectTelegram({ settings: {} });
    fake.failNext("drop", { method: "getUpdates" });
    await pass();
    fake.receive({ text: "Hello" });
    await until(() => received.length === 1);
    await connector.send("1001", { text: "*Hi*", format: "markdown" });
    await connector.showTyping!("1001", "1");
    await expect(connector.send("nobody", { text: "Hi", format: "plain" })).rejects.toMatchObject({ kind: "refused" });
    const urls = fetched.mock.calls.map(([url]) => url as string);
    fetched.mockRestore();
    expect(urls.length).toBeGreaterThan(4);
    expect(urls.filter((url) => !url.startsWith(`${fake.apiRoot}/bot`))).toEqual([]);
    expect(lines.join("") + JSON.stringify(changes)).not.toContain(fake.botToken);
  });
});

describe("stopping", () => {
  test("ends an open question, takes nothing any more, and starting takes up where it was", async () => {
    const connected = await connectTelegram();
    await connected.until(() => isConnected(connected));
    await connected.connector.stop();
    await connected.connector.stop();
    expect(connected.connector.status()).toMatchObject({ state: "disconnected", error: null });
    await expect(connected.connector.send("1001", { text: "Hi", format: "plain" })).rejects.toMatchObject({ kind: "unavailable" });
    await connected.connector.showTyping!("1001", "1");
    expect(connected.fake.typing).toEqual([]);
    connected.fake.receive({ text: "While away" });
    connected.connector.start();
    connected.connector.start();
    await connected.until(() => connected.received.length === 1 && isConnected(connected));
    expect(statesOf(connected.changes)).toEqual(["connected", "disconnected", "connecting", "connected"]);
    expect(connected.fake.calls.filter(({ method }) => method === "getMe")).toHaveLength(2);
  });

  test("works while it connects, and while it waits", async () => {
    const { connector } = await connectTelegram({ before: (fake) => fake.failNext("hang") });
    await connector.stop();
    const waiting = await connectTelegram({ settings: { botToken: "4242:wrong" } });
    await waiting.until(() => waiting.changes.length === 1);
    await waiting.connector.stop();
    expect(waiting.connector.status()).toMatchObject({ state: "disconnected", error: null });
  });

  test("waits for what is being stored", async () => {
    const stored = Promise.withResolvers<void>();
    let asked = false;
    const { fake, connector, received, until } = await connectTelegram({
      store: () => {
        asked = true;
        return stored.promise;
      },
    });
    fake.receive({ text: "Hello" });
    await until(() => asked);
    const stopped = connector.stop().then(() => received.length);
    stored.resolve();
    expect(await stopped).toBe(1);
  });
});
