import { beforeEach, describe, expect, test } from "vitest";
import { callbackOf, changeOf, messageOf, textMessage } from "../../../contract-tests/fakes/whatsapp/callbacks.ts";
import { failure } from "../../../contract-tests/fakes/collect.ts";
import type { InboundMessage } from "../port.ts";
import { connect, useRig } from "./testing.ts";

const rig = useRig();
const [ann, bo] = ["16505551234", "4915112345678"];
const number = () => rig.fake.settings.phoneNumberId;
const take = (body: unknown, signing?: "wrong" | "none") => rig.connector.takeCallback(rig.fake.callback(body, signing));

beforeEach(() => connect(rig));

test("a text, with who has written it", async () => {
  const message = textMessage({ from: ann, text: "Grüße 😀\nsecond line", timestamp: 1_763_740_801 });
  await take(callbackOf(number(), [message], [{ from: ann, name: "Sheena Nelson" }]));
  expect(rig.received).toEqual([
    { id: message.id, messageId: message.id, chatId: ann, chatType: "direct", userId: ann, userName: "Sheena Nelson", text: "Grüße 😀\nsecond line", sentAt: 1_763_740_801_000 },
  ] satisfies InboundMessage[]);
});

test.each([
  [{ image: { id: "1", caption: "Look" } }, "Look\n[photo]"],
  [{ image: { id: "1" } }, "[photo]"],
  [{ video: { id: "1", caption: "Look" } }, "Look\n[video]"],
  [{ document: { id: "1", filename: "report\n.pdf", caption: "Read" } }, "Read\n[file: report .pdf]"],
  [{ document: { id: "1" } }, "[file]"],
  [{ audio: { id: "1", voice: true } }, "[voice message]"],
  [{ audio: { id: "1", voice: false } }, "[audio]"],
  [{ sticker: { id: "1", animated: false } }, "[sticker]"],
  [{ button: { text: "Yes", payload: "yes-1" } }, "Yes"],
  [{ interactive: { type: "button_reply", button_reply: { id: "1", title: "Cancel" } } }, "Cancel"],
  [{ interactive: { type: "list_reply", list_reply: { id: "1", title: "Express", description: "Next day" } } }, "Express"],
  [{ location: { latitude: 52.52, longitude: 13.405, name: "Office", address: "Main St 1" } }, "[location: Office, Main St 1, 52.52, 13.405]"],
  [{ location: { latitude: 0, longitude: 0 } }, "[location: 0, 0]"],
  [{ contacts: [{ name: { formatted_name: "Bo Li" }, phones: [{ phone: "+49 151" }] }, { name: { formatted_name: "Cy" } }] }, "[contact: Bo Li, +49 151]\n[contact: Cy]"],
])("%j is %j", async (part, text) => {
  await take(callbackOf(number(), [messageOf(part)]));
  expect(rig.received).toMatchObject([{ text }]);
});

test.each([
  ["a reaction", { reaction: { message_id: "wamid.1", emoji: "👍" } }],
  ["a service message", { system: { body: "Ann changed her number", type: "user_changed_number" } }],
  ["what WhatsApp does not hand on", { unsupported: { type: "poll_creation" } }],
  ["a kind nobody knows", { hologram: { id: "1" } }],
  ["a kind of the prototype's names", { constructor: {} }],
  ["a text of spaces", { text: { body: " \n" } }],
  ["a text that is none", { text: { body: 7 } }],
])("passed over: %s", async (_, part) => {
  await take(callbackOf(number(), [messageOf(part)]));
  await take(callbackOf(number(), [messageOf(part)]));
  expect(rig.received).toEqual([]);
  expect(rig.lines.filter(({ msg }) => msg === "a kind of message that is passed over")).toHaveLength(1);
});

test.each([
  ["another number's", () => callbackOf("999", [textMessage({ from: ann, text: "Hello" })])],
  ["another field's", () => changeOf(number(), { event: "VERIFIED_ACCOUNT" }, "account_update")],
  ["a group's", () => callbackOf(number(), [{ ...textMessage({ from: ann, text: "Hello" }), group_id: "Y2FwaV9ncm91cA" }])],
  ["that have arrived", () => changeOf(number(), { statuses: [{ id: "wamid.1", status: "delivered" }] })],
  ["of another shape", () => ({ entry: [null, 7, { changes: [{ field: "messages", value: { metadata: [], messages: {} } }] }] })],
  ["of no shape", () => ({})],
  ["without an id or a sender", () => changeOf(number(), { messages: [{ type: "text", text: { body: "Hello" } }] })],
])("passed over: messages %s", async (_, body) => {
  await take(body());
  expect(rig.received).toEqual([]);
});

test("a person who hides their number is known by the id that WhatsApp gives them", async () => {
  const { from: _, ...message } = { ...textMessage({ from: ann, text: "Hello" }), from_user_id: "US.1349" };
  await take(changeOf(number(), { contacts: [{ profile: { name: "Ann", username: "@ann" }, user_id: "US.1349" }], messages: [message] }));
  expect(rig.received).toMatchObject([{ chatId: "US.1349", userId: "US.1349", userName: "Ann" }]);
});

test("a number that is written differently is answered as WhatsApp knows it", async () => {
  await take(callbackOf(number(), [textMessage({ from: "5511999998888", text: "Olá" })], [{ from: "551199998888" }]));
  expect(rig.received).toMatchObject([{ chatId: "551199998888", userId: "551199998888" }]);
});

test("that a message of the bot's was not delivered is logged with the reason", async () => {
  const errors = [{ code: 131_047, title: "Re-engagement message", error_data: { details: "More than 24 hours have passed." } }];
  await take(changeOf(number(), { statuses: [{ id: "wamid.1", status: "failed", recipient_id: ann, errors }] }));
  expect(rig.lines.at(-1)).toMatchObject({ level: 40, messageId: "wamid.1", reason: "More than 24 hours have passed" });
});

describe("the order", () => {
  test("several messages of several people in one callback: each person's as they were sent", async () => {
    const said = (from: string, text: string, timestamp: number) => textMessage({ from, text, timestamp });
    await take(callbackOf(number(), [said(ann, "3", 3), said(bo, "1", 1), said(ann, "1", 1), said(ann, "2", 2)], [{ from: ann, name: "Ann" }, { from: bo, name: "Bo" }]));
    const of = (chatId: string) => rig.received.filter((message) => message.chatId === chatId).map(({ userName, text }) => userName + text);
    expect([of(ann), of(bo)]).toEqual([["Ann1", "Ann2", "Ann3"], ["Bo1"]]);
  });

  test("a chat waits for its own messages across callbacks, and no other chat does", async () => {
    const first = Promise.withResolvers<void>();
    rig.onReceived = async ({ text }) => text === "first" ? first.promise : undefined;
    const takes = [take(callbackOf(number(), [textMessage({ from: ann, text: "first" })])), take(callbackOf(number(), [textMessage({ from: ann, text: "second" })]))];
    await take(callbackOf(number(), [textMessage({ from: bo, text: "other" })], [{ from: bo }]));
    first.resolve();
    await Promise.all(takes);
    expect(rig.received.map(({ text }) => text)).toEqual(["other", "first", "second"]);
  });
});

describe("what could not be stored", () => {
  test("is to be delivered again, with all that came behind it in its chat", async () => {
    let isBroken = true;
    rig.onReceived = async ({ chatId }) => {
      if (isBroken && chatId === ann) throw new Error("the disk is full");
    };
    const body = callbackOf(number(), ["1", "2"].map((text) => textMessage({ from: ann, text })).concat(textMessage({ from: bo, text: "1" })), [{ from: ann }, { from: bo }]);
    expect(await failure(take(body))).toMatchObject({ code: "service_unavailable", retryAfterSeconds: 5 });
    expect(rig.received).toMatchObject([{ chatId: bo }]);
    isBroken = false;
    await take(body);
    expect(rig.received.filter(({ chatId }) => chatId === ann).map(({ text }) => text)).toEqual(["1", "2"]);
  });

  test("is to be delivered again when it comes to a connector that is stopped", async () => {
    await rig.connector.stop();
    expect(await failure(take(callbackOf(number(), [textMessage({ from: ann, text: "Hello" })])))).toMatchObject({ code: "service_unavailable" });
    expect(rig.received).toEqual([]);
  });

  test("is waited for by `stop`", async () => {
    const storing = Promise.withResolvers<void>();
    rig.onReceived = () => storing.promise;
    const taken = take(callbackOf(number(), [textMessage({ from: ann, text: "Hello" })]));
    let isStopped = false;
    const stopped = rig.connector.stop().then(() => {
      isStopped = true;
    });
    // Far more rounds than the connections take to close.
    for (let round = 0; round < 200; round++) await new Promise((resolve) => setImmediate(resolve));
    expect(isStopped).toBe(false);
    storing.resolve();
    await Promise.all([taken, stopped]);
    expect(rig.received).toHaveLength(1);
  });
});

describe("the signature", () => {
  const body = () => callbackOf(number(), [textMessage({ from: ann, text: "Grüße" })]);

  test.each(["wrong", "none"] as const)("401: %s, and nothing is read", async (signing) => {
    expect(await failure(take(body(), signing))).toMatchObject({ code: "unauthorized" });
    expect(rig.received).toEqual([]);
  });

  test.each(["sha256=", "sha256=zz", "", "sha1=0123", ["a", "b"]])("401: a header that is none: %j", async (header) => {
    const callback = rig.fake.callback(body());
    expect(await failure(rig.connector.takeCallback({ ...callback, headers: { "x-hub-signature-256": header } }))).toMatchObject({ code: "unauthorized" });
  });

  test("401: of other bytes with the same meaning", async () => {
    const callback = rig.fake.callback(body());
    expect(await failure(rig.connector.takeCallback({ ...callback, rawBody: Buffer.from(JSON.stringify(callback.body)) }))).toMatchObject({ code: "unauthorized" });
  });

  test("a flood of wrong ones is one line in the log an hour", async () => {
    const complaints = () => rig.lines.filter(({ level }) => level === 40).length;
    for (let count = 0; count < 20; count++) await failure(take(body(), "wrong"));
    expect(complaints()).toBe(1);
    rig.clock += 3_600_000;
    for (let count = 0; count < 20; count++) await failure(take(body(), "wrong"));
    expect(complaints()).toBe(2);
  });
});
