import { expect, onTestFinished, test, vi } from "vitest";
import { startServerTarget } from "../contract/server-target.ts";
import { patience } from "../fakes/scripted-connector.ts";
import { startFakeDiscord } from "../fakes/discord/discord.ts";
import { startFakeSlack } from "../fakes/slack/slack.ts";
import { startFakeTelegram } from "../fakes/telegram/telegram.ts";
import { startFakeWhatsapp } from "../fakes/whatsapp/whatsapp.ts";

// Each connector in the whole gateway, with a fake of its platform behind it: a message in, its answer out.

async function startWith(channels: Record<string, object>) {
  const server = await startServerTarget({ settings: { channels } });
  onTestFinished(() => server.close());
  await vi.waitFor(async () => {
    const { channels: listed } = (await server.call("listChannels")).json(200);
    expect(listed.map(({ status, error }) => error ?? status)).toEqual(["connected"]);
  }, patience);
  return server;
}

test("Telegram, asked for messages and calling", async () => {
  const telegram = await startFakeTelegram();
  onTestFinished(() => telegram.close());
  const { apiRoot, botToken } = telegram;
  const server = await startWith({ telegram: { apiRoot, botToken } });
  telegram.receive({ text: "Hello" });
  await telegram.untilSent(1);
  const webhook = { url: `${server.gateway.url}/api/v1/channels/telegram/webhook`, secret: "a_secret-of-the-test" };
  (await server.call("updatePlainSettings", { json: { channels: { telegram: { webhook } } } })).json(200);
  await telegram.until(() => telegram.webhook !== null);
  telegram.receive({ text: "Again" });
  await telegram.untilSent(2);
  await vi.waitFor(() => expect(telegram.sent.map(({ text }) => text)).toEqual(["You said: Hello", "You said: Again"]), patience);
});

test("Slack", async () => {
  const slack = await startFakeSlack();
  onTestFinished(() => slack.close());
  const { apiRoot, botToken, appToken } = slack;
  const server = await startWith({ slack: { apiRoot, botToken, appToken } });
  await vi.waitFor(() => expect(slack.greeted).toBe(1), patience);
  slack.receive({ text: "Hello" });
  await vi.waitFor(() => expect(slack.sent.map(({ text }) => text)).toEqual(["You said: Hello"]), patience);
  const { messageId } = (await server.call("sendToChannel", { json: { channel: "slack", chatId: "D1", message: "News" } })).json(200);
  expect(slack.sent.at(-1)).toMatchObject({ ts: messageId, text: "News" });
});

test("Discord", async () => {
  const discord = await startFakeDiscord();
  onTestFinished(() => discord.close());
  await startWith({ discord: { apiRoot: discord.apiRoot, botToken: discord.botToken } });
  discord.receive({ text: "Hello" });
  await vi.waitFor(() => expect(discord.sent.map(({ content }) => content)).toEqual(["You said: Hello"]), patience);
});

test("WhatsApp", async () => {
  const whatsapp = await startFakeWhatsapp();
  onTestFinished(() => whatsapp.close());
  const server = await startWith({ whatsapp: whatsapp.settings });
  await whatsapp.subscribe(`${server.gateway.url}/api/v1/channels/whatsapp/webhook`);
  expect((await whatsapp.receive({ from: "16505551234", text: "Hello" })).statuses).toEqual([200]);
  await whatsapp.untilSent(1);
  expect(whatsapp.sent).toMatchObject([{ to: "16505551234", text: "You said: Hello" }]);
});
