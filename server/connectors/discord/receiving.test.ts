import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { fakeBotId } from "../../../contract-tests/fakes/discord/objects.ts";
import { createTestDiscord, type TestDiscord } from "./testing.ts";

let discord: TestDiscord;
beforeEach(async () => {
  discord = await createTestDiscord();
});
afterEach(() => discord.close());

const texts = () => discord.received.map(({ text }) => text);
const inServer = { guildId: "600000000000000001", channelId: "700000000000000009" };

/** Comes behind everything told before. */
async function untilAllTold(): Promise<void> {
  discord.fake.receive({ text: "the last", channelId: "799999999999999999" });
  await vi.waitFor(() => expect(texts()).toContain("the last"), { interval: 5 });
}

describe("what is told", () => {
  beforeEach(() => discord.connect());

  test("a direct message, with whoever wrote it", async () => {
    const id = discord.fake.receive({ text: "hello", userName: "Ada", userId: "812345678901234567" });
    await discord.untilReceived(1);
    expect(discord.received).toEqual([
      { id, messageId: id, chatId: "700000000000000001", chatType: "direct", userId: "812345678901234567", userName: "Ada", text: "hello", sentAt: Date.parse("2026-11-21T10:00:00Z") },
    ]);
  });

  test("in servers and their threads, a mention or a reply to the bot, and nothing else", async () => {
    const { fake } = discord;
    fake.receive({ ...inServer, text: "just talking" });
    fake.receive({ ...inServer, text: `${fake.mention} what is up?` });
    fake.receive({ ...inServer, text: "and this?", repliesToUser: fakeBotId });
    fake.receive({ ...inServer, text: "you there?", repliesToUser: "812345678901234567" });
    fake.receive({ ...inServer, channelId: "700000000000000077", text: `in a thread <@!${fakeBotId}>` });
    fake.receive({ ...inServer, text: "@everyone look", fields: { mention_everyone: true } });
    await untilAllTold();
    const ofChat = (chatId: string) => discord.received.filter((message) => message.chatId === chatId).map(({ chatType, text }) => `${chatType}: ${text}`);
    expect(discord.received).toHaveLength(4);
    expect(ofChat(inServer.channelId)).toEqual(["group: what is up?", "group: and this?"]);
    expect(ofChat("700000000000000077")).toEqual(["group: in a thread"]);
  });

  test("a mention of the role that Discord made for the bot", async () => {
    discord.fake.dispatch("GUILD_CREATE", { id: inServer.guildId, roles: [{ id: "31", tags: { bot_id: "1" } }, { id: "32", tags: { bot_id: fakeBotId } }, { id: "33" }] });
    discord.fake.receive({ ...inServer, text: "<@&32> do it" });
    discord.fake.receive({ ...inServer, text: "<@&31> do it" });
    discord.fake.receive({ ...inServer, text: "<@&33> do it" });
    await untilAllTold();
    expect(texts()).toEqual(["do it", "the last"]);
  });

  test.each([
    ["{}, do it", "do it"],
    ["{}: do it", "do it"],
    ["please {} do it {}", "please do it"],
    ["one\n{} two", "one\ntwo"],
    ["{} tell <@812345678901234567> and <#5>", "tell @Grace and <#5>"],
  ])("%j without the mention", async (written, read) => {
    discord.fake.receive({ ...inServer, text: written.replaceAll("{}", discord.fake.mention) });
    await discord.untilReceived(1);
    expect(texts()).toEqual([read]);
  });

  test("files, stickers, voice and what was forwarded are text", async () => {
    const { fake } = discord;
    fake.receive({ text: "see", files: ["report.pdf", "cat.png"] });
    fake.receive({ text: "", files: ["voice-message.ogg"], fields: { flags: 1 << 13 } });
    fake.receive({ text: "", fields: { sticker_items: [{ id: "1", name: "Wave", format_type: 1 }] } });
    fake.receive({
      text: "",
      fields: { message_reference: { type: 1, message_id: "1" }, message_snapshots: [{ message: { content: "the news", mentions: [], attachments: [{ id: "1", filename: "a.txt" }] } }] },
    });
    await discord.untilReceived(4);
    expect(texts()).toEqual(["see\n[file: report.pdf]\n[file: cat.png]", "[voice message]", "[sticker]", "the news\n[file: a.txt]"]);
  });

  test("the name is the one of the server, else the person's own, else the account's", async () => {
    const { fake } = discord;
    fake.receive({ ...inServer, text: fake.mention + " a", fields: { member: { nick: "Countess" } } });
    fake.receive({ text: "b", fields: { author: { id: "8", username: "ada_l", global_name: null } } });
    await discord.untilReceived(2);
    expect(discord.received.map(({ userName }) => userName)).toEqual(["Countess", "ada_l"]);
  });

  test("bots, webhooks, the system, edits, joins, reactions and empty mentions are ignored", async () => {
    const { fake } = discord;
    fake.receive({ text: "I am it", fields: { author: { id: fakeBotId, username: "claw", global_name: null, bot: true } } });
    fake.receive({ text: "I am a bot", fields: { author: { id: "2", username: "other", global_name: null, bot: true } } });
    fake.receive({ text: "I am a hook", fields: { webhook_id: "3" } });
    fake.receive({ text: "I am Discord", fields: { author: { id: "4", username: "d", global_name: null, system: true } } });
    fake.receive({ text: "joined", fields: { type: 7 } });
    fake.receive({ text: "pinned", fields: { type: 6 } });
    fake.receive({ ...inServer, text: ` ${fake.mention} ` });
    fake.dispatch("MESSAGE_UPDATE", { id: "1", content: "edited" });
    fake.dispatch("MESSAGE_REACTION_ADD", {});
    await untilAllTold();
    expect(texts()).toEqual(["the last"]);
  });
});

describe("what cannot be stored", () => {
  test("is tried again, before later ones of its chat, while other chats go on", async () => {
    await discord.connect();
    discord.holds = () => true;
    discord.refuse = ({ text }) => text === "first";
    discord.fake.receive({ text: "first" });
    discord.fake.receive({ text: "second" });
    discord.fake.receive({ text: "elsewhere", channelId: "700000000000000055" });
    await discord.untilReceived(1);
    expect(texts()).toEqual(["elsewhere"]);
    discord.wake();
    await vi.waitFor(() => expect(discord.waits).toEqual([1_000, 2_000]));
    discord.refuse = () => false;
    discord.wake();
    await discord.untilReceived(3);
    expect(texts()).toEqual(["elsewhere", "first", "second"]);
  });

  test("is got from Discord again when more waits than may", async () => {
    await discord.close();
    discord = await createTestDiscord({ capacity: 2 });
    await discord.connect();
    discord.refuse = () => true;
    for (const text of ["one", "two", "three", "four"]) discord.fake.receive({ text });
    await vi.waitFor(() => expect(discord.statuses.map(({ error }) => error)).toContain("More messages came in than could be stored."));
    discord.refuse = () => false;
    await discord.untilReceived(4);
    expect(texts()).toEqual(["one", "two", "three", "four"]);
    expect(discord.fake.identified).toHaveLength(1);
  });

  test("is tried a last time at a stop, and logged as lost", async () => {
    await discord.connect();
    discord.holds = () => true;
    discord.refuse = ({ text }) => text === "one";
    discord.fake.receive({ text: "one" });
    discord.fake.receive({ text: "two" });
    await vi.waitFor(() => expect(discord.waits).toEqual([1_000]));
    await discord.connector.stop();
    expect(texts()).toEqual(["two"]);
    expect(discord.logged).toContainEqual(expect.objectContaining({ level: 50, msg: "a message is lost: it could not be stored before the stop" }));
  });
});
