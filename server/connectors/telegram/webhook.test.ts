import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { describe, expect, onTestFinished, test } from "vitest";
import { GatewayError } from "../../errors.ts";
import { connectTelegram, type Connected, type ConnectOptions } from "./testing.ts";

const secret = "a-secret_of-the-test";

/** A connector that Telegram calls, by a server that does what the gateway's route does. */
async function connectWebhook({ settings, ...options }: ConnectOptions = {}): Promise<Connected & { url: string }> {
  let connected: Connected | undefined;
  const server = createServer((request, response) => {
    const answer = async () => connected!.connector.takeCallback({ headers: request.headers, rawBody: Buffer.alloc(0), body: await json(request) });
    void answer().then(
      () => response.writeHead(204).end(),
      (error: unknown) => response.writeHead(GatewayError.from(error).status).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  connected = await connectTelegram({ settings: { webhook: { url, secret }, ...settings }, ...options });
  return { ...connected, url };
}

const callback = (headers: Record<string, string | string[]>, body: unknown = { update_id: 1 }) => ({ headers, rawBody: Buffer.alloc(0), body });
const codeOf = (promise: Promise<unknown>) => promise.then(() => "taken", (error: unknown) => (error as GatewayError).code);

describe("a webhook", () => {
  test("is set at the start, and what people write comes in by it", async () => {
    const { fake, received, changes, until, url } = await connectWebhook();
    await until(() => changes.length === 1);
    expect(fake.calls.map(({ method, payload }) => [method, payload])).toEqual([["getMe", {}], ["setWebhook", { url, secret_token: secret, allowed_updates: ["message"] }]]);
    for (const text of ["one", "two"]) fake.receive({ text });
    await fake.until(() => fake.waiting === 0);
    expect(received.map(({ text }) => text)).toEqual(["one", "two"]);
    expect(fake.calls.some(({ method }) => method === "getUpdates")).toBe(false);
  });

  test("answers 503 to what could not be stored, and takes it the next time", async () => {
    let failures = 2;
    const { fake, received } = await connectWebhook({
      store: async () => {
        if (failures-- > 0) throw new Error("the disk is full");
      },
      before: (fake) => void fake.receive({ text: "Hello" }),
    });
    await fake.until(() => fake.waiting === 0);
    expect(fake.webhookAnswers).toEqual([503, 503, 204]);
    expect(received).toHaveLength(1);
  });

  test("takes what is of no use, so that it does not come again", async () => {
    const { fake, received } = await connectWebhook();
    fake.receiveUpdate({ something_new: {} });
    fake.receiveUpdate({ message: { message_id: 3 } });
    fake.receive({ text: "Hi", from: { is_bot: true } });
    await fake.until(() => fake.waiting === 0);
    expect([fake.webhookAnswers, received]).toEqual([[204, 204, 204], []]);
  });

  test("keeps the order of a chat, and lets other chats pass", async () => {
    const slow = Promise.withResolvers<void>();
    const { connector, received, changes, until } = await connectWebhook({ store: ({ text }) => (text === "a1" ? slow.promise : Promise.resolve()) });
    await until(() => changes.length === 1);
    const person = { id: 5, is_bot: false, first_name: "Ada" };
    const update = (text: string, id: number) => callback({ "x-telegram-bot-api-secret-token": secret }, { update_id: 1, message: { message_id: 1, date: 1, text, from: person, chat: { id, type: "private" } } });
    const taken = [connector.takeCallback(update("a1", 1)), connector.takeCallback(update("a2", 1)), connector.takeCallback(update("b1", 2))];
    await until(() => received.length === 1);
    slow.resolve();
    await Promise.all(taken);
    expect(received.map(({ text }) => text)).toEqual(["b1", "a1", "a2"]);
  });

  test("is for who has the secret", async () => {
    const { connector, changes, until, received } = await connectWebhook();
    await until(() => changes.length === 1);
    for (const headers of [{}, { "x-telegram-bot-api-secret-token": "" }, { "x-telegram-bot-api-secret-token": `${secret}x` }, { "x-telegram-bot-api-secret-token": [secret] }]) {
      expect(await codeOf(connector.takeCallback(callback(headers)))).toBe("unauthorized");
      expect(() => connector.admit(headers)).toThrow(GatewayError);
    }
    connector.admit({ "x-telegram-bot-api-secret-token": secret });
    expect(await codeOf(connector.takeCallback(callback({ "x-telegram-bot-api-secret-token": secret })))).toBe("taken");
    expect(received).toEqual([]);
  });

  test("is not there while Telegram is polled", async () => {
    const { connector } = await connectTelegram();
    expect(await codeOf(connector.takeCallback(callback({})))).toBe("not_found");
    expect(() => connector.admit({})).toThrow(GatewayError);
  });

  test("is not ready before it is known who the bot is, nor after the stop", async () => {
    const { connector, fake, changes, until } = await connectWebhook({ before: (fake) => fake.failNext("hang", { method: "getMe" }) });
    const right = callback({ "x-telegram-bot-api-secret-token": secret });
    await fake.until(() => fake.calls.length === 1);
    expect(await codeOf(connector.takeCallback(right))).toBe("service_unavailable");
    await connector.stop();
    connector.start();
    await until(() => changes.at(-1)?.state === "connected");
    expect(await codeOf(connector.takeCallback(right))).toBe("taken");
    await connector.stop();
    expect(await codeOf(connector.takeCallback(right))).toBe("service_unavailable");
    // Telegram keeps what comes until the gateway is back.
    expect(fake.webhook).not.toBeNull();
  });

  test("that Telegram refuses leaves the channel disconnected, with Telegram's reason", async () => {
    const { changes, pass } = await connectWebhook({ before: (fake) => fake.failNext({ status: 400, description: "Bad Request: bad webhook: An HTTPS URL must be provided for webhook" }, { method: "setWebhook" }) });
    expect(await pass()).toBe(60_000);
    expect(changes[0]).toMatchObject({ state: "disconnected", error: "Telegram refused the settings: Bad Request: bad webhook: An HTTPS URL must be provided for webhook" });
  });

  test("that was taken away is set again, and what Telegram could not deliver is in the log", async () => {
    let isFull = true;
    const { fake, pass, lines, changes, until, url } = await connectWebhook({
      store: async () => {
        if (isFull) throw new Error("the disk is full");
      },
    });
    fake.receive({ text: "Hello" });
    await fake.until(() => fake.webhookAnswers.length > 0);
    expect(await pass()).toBe(300_000);
    await until(() => lines.some((line) => line.includes("Wrong response from the webhook: 503")));
    isFull = false;
    fake.takeWebhook(null);
    await pass();
    await fake.until(() => fake.webhook?.url === url);
    expect(changes.map(({ state }) => state)).toEqual(["connected"]);
  });
});
