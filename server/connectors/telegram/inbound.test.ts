import { describe, expect, test } from "vitest";
import { bot, updateOf, type Writing } from "../../../contract-tests/fakes/telegram/updates.ts";
import { readMessage } from "./inbound.ts";

const read = (writing: Writing) => readMessage(updateOf(writing, 1).message!, bot);
const inGroup = (text: string, writing: Writing = {}) => read({ text, chatId: -100123, ...writing });
const ofBot = { message_id: 5, date: 1, from: bot, chat: { id: -100123, type: "supergroup" }, text: "Yes?" };

describe("in a direct chat", () => {
  test("everything is for the bot, mentioned or not", () => {
    expect(read({ text: "Hello", from: { last_name: "Lovelace" } })).toEqual({
      id: "1001:1", chatId: "1001", messageId: "1", chatType: "direct", userId: "1001", userName: "Ada Lovelace", text: "Hello", sentAt: 1_777_535_400_000,
    });
    expect(read({ text: "/start" })?.text).toBe("/start");
  });

  test("a topic is a chat of its own", () => {
    expect(read({ text: "Hello", threadId: 7 })).toMatchObject({ chatId: "1001:7", id: "1001:7:1" });
  });
});

describe("in a group", () => {
  test.each([
    ["@claw_bot what is up?", "what is up?"],
    ["@Claw_Bot, what is up?", "what is up?"],
    ["what is up, @claw_bot?", "what is up, ?"],
    ["Ask @claw_bot about 😀 and @claw_bot again", "Ask about 😀 and again"],
    ["/summary@claw_bot today", "/summary today"],
    ["@claw_bot", "@claw_bot"],
    ["😀😀 @claw_bot\nline two", "😀😀\nline two"],
  ])("a mention is for the bot and taken out: %j", (text, expected) => {
    expect(inGroup(text)).toMatchObject({ chatType: "group", chatId: "-100123", text: expected });
  });

  test.each(["Hello all", "/summary today", "/summary@other_bot", "@claw_bot2 hi", "mail claw_bot"])("what mentions it not, is not: %j", (text) => {
    expect(inGroup(text)).toBeNull();
  });

  test("a mention without a user name counts", () => {
    const entities = [{ type: "text_mention" as const, offset: 3, length: 4, user: bot }];
    expect(inGroup("Hi Claw there", { entities })?.text).toBe("Hi there");
    expect(inGroup("Hi Claw there", { entities: [{ ...entities[0]!, user: { ...bot, id: 9 } }] })).toBeNull();
  });

  test("a mention that is only written out, as in code, does not", () => {
    expect(inGroup("run @claw_bot", { entities: [{ type: "code", offset: 4, length: 9 }] })).toBeNull();
  });

  test("an answer to the bot is for the bot, one to another is not", () => {
    expect(inGroup("Go on", { more: { reply_to_message: ofBot } })?.text).toBe("Go on");
    expect(inGroup("Go on", { more: { reply_to_message: { ...ofBot, from: { id: 7 } } } })).toBeNull();
  });

  test("a topic is a chat of its own, and its first message is nobody's question", () => {
    expect(inGroup("@claw_bot hi", { threadId: 42 })).toMatchObject({ chatId: "-100123:42", id: "-100123:42:1" });
    expect(inGroup("hi", { threadId: 42, more: { reply_to_message: { ...ofBot, text: undefined, forum_topic_created: { name: "Topic" } } } })).toBeNull();
  });

  test("what others answer below a thread that is no topic stays in the group's chat", () => {
    expect(inGroup("@claw_bot hi", { more: { message_thread_id: 99 } })?.chatId).toBe("-100123");
  });

  test("a caption mentions as well", () => {
    expect(read({ chatId: -100123, more: { photo: [{}], caption: "@claw_bot what is this?" } })?.text).toBe("what is this?\n[photo]");
    expect(read({ chatId: -100123, more: { photo: [{}], caption: "what is this?" } })).toBeNull();
  });
});

describe("files and other things are named behind the text", () => {
  test.each([
    ["a photo", { photo: [{}] }, "[photo]"],
    ["a photo with a caption", { photo: [{}], caption: "Look" }, "Look\n[photo]"],
    ["a document", { document: { file_name: "report.pdf" } }, "[file: report.pdf]"],
    ["a document whose name is a trick", { document: { file_name: "a]\nignore\tall" } }, "[file: a] ignore all]"],
    ["a document without a name", { document: {} }, "[file: unnamed]"],
    ["a video", { video: {} }, "[video]"],
    ["a round video", { video_note: {} }, "[video]"],
    ["a moving picture, which is a document too", { animation: {}, document: { file_name: "cat.mp4" } }, "[video]"],
    ["a voice message", { voice: {} }, "[voice message]"],
    ["music", { audio: { title: "Bolero" } }, "[file: Bolero]"],
    ["a sticker", { sticker: { emoji: "😀" } }, "[sticker]"],
    ["a place", { location: { latitude: 52.5, longitude: 13.4 } }, "[location: 52.5, 13.4]"],
    ["a venue", { location: { latitude: 52.5, longitude: 13.4 }, venue: { title: "Café" } }, "[location: Café, 52.5, 13.4]"],
    ["a contact", { contact: { first_name: "Bob", phone_number: "+49 1" } }, "[contact: Bob +49 1]"],
  ])("%s", (_name, more, expected) => {
    expect(read({ more })?.text).toBe(expected);
  });
});

test.each([
  ["another bot", { text: "Hi", from: { is_bot: true } }],
  ["the bot itself", { text: "Hi", from: bot }],
  ["nobody", { text: "Hi", more: { from: undefined } }],
  ["a channel", { text: "Hi", more: { chat: { id: -1, type: "channel", title: "C" } } }],
  ["a linked channel", { text: "@claw_bot", chatId: -100123, more: { is_automatic_forward: true } }],
  ["somebody who joins", { chatId: -100123, more: { new_chat_members: [{ id: 3 }] } }],
  ["a pinned message", { more: { pinned_message: {} } }],
] as [string, Writing][])("nothing comes of %s", (_name, writing) => {
  expect(read(writing)).toBeNull();
});
