import { describe, expect, test } from "vitest";
import { connectSlack, type SlackUnderTest, soon } from "./testing.ts";

/** Everything delivered so far is acknowledged. */
const untilAcked = ({ fake }: SlackUnderTest, count: number) => fake.until(() => fake.acks.length >= count);

describe("what comes in", () => {
  test("a direct message, with the name that its author goes by", async () => {
    const slack = await connectSlack();
    const ts = slack.fake.receive({ text: "Is 1 &lt; 2 &amp; 3?" });
    await untilAcked(slack, 1);
    expect(slack.received).toEqual([
      { id: `D1:${ts}`, chatId: "D1", messageId: ts, chatType: "direct", userId: "U1", userName: "Ada", text: "Is 1 < 2 & 3?", sentAt: Math.floor(Number(ts)) * 1000 },
    ]);
  });

  test("a mention in a channel comes twice with one id, without the mention, and is answered in its thread", async () => {
    const slack = await connectSlack();
    const ts = slack.fake.receive({ channel: "C1", text: "<@UBOT> what is <#C2|random> for?" });
    await untilAcked(slack, 2);
    const message = { id: `C1:${ts}`, chatId: `C1:${ts}`, chatType: "group", text: "what is #random for?" };
    expect(slack.received).toMatchObject([message, message]);
  });

  test("in a channel nothing else, and no lookup for it", async () => {
    const slack = await connectSlack();
    slack.fake.receive({ channel: "C1", text: "lunch?" });
    slack.fake.receive({ channel: "G1", text: "lunch, too?" });
    await untilAcked(slack, 2);
    expect(slack.received).toEqual([]);
    expect(slack.fake.calls.map(({ method }) => method)).toEqual(["auth.test", "apps.connections.open"]);
  });

  test("a reply in a thread that the bot has written into, also when that was before the gateway started", async () => {
    const slack = await connectSlack();
    const root = slack.fake.receive({ channel: "C1", text: "a talk of others" });
    slack.fake.receive({ channel: "C1", text: "nothing for a bot", threadTs: root });
    const { messageId: own } = await slack.connector.send("C1", { text: "Hello", format: "plain" });
    slack.fake.receive({ channel: "C1", text: "to its own message", threadTs: own });
    await untilAcked(slack, 3);
    expect(slack.received.map(({ text, chatId }) => ({ text, chatId }))).toEqual([{ text: "to its own message", chatId: `C1:${own}` }]);

    await slack.connector.send(`C1:${root}`, { text: "May I?", format: "plain" });
    slack.fake.receive({ channel: "C1", text: "now it is in", threadTs: root });
    await untilAcked(slack, 4);
    // As if it were new here.
    await slack.connector.stop();
    slack.connector.start();
    await slack.untilState("connected", 2);
    slack.fake.receive({ channel: "C1", text: "still", threadTs: root });
    await untilAcked(slack, 5);
    expect(slack.received.slice(1).map(({ text }) => text)).toEqual(["now it is in", "still"]);
  });

  test("a thread that cannot be looked at now comes again; one that may not be looked at is not for the bot", async () => {
    const slack = await connectSlack({ fake: soon });
    const root = slack.fake.receive({ channel: "C1", text: "a talk" });
    await slack.connector.send(`C1:${root}`, { text: "May I?", format: "plain" });
    await slack.connector.stop();
    slack.connector.start();
    await slack.untilState("connected", 2);
    slack.fake.failNext("conversations.replies", { status: 503 });
    slack.fake.receive({ channel: "C1", text: "again, please", threadTs: root });
    await untilAcked(slack, 2);
    expect(slack.received.map(({ text }) => text)).toEqual(["again, please"]);
    expect(slack.fake.acks.at(-1)?.retryAttempt).toBe(1);

    slack.fake.failNext("conversations.replies", { error: "missing_scope", needed: "channels:history" });
    slack.fake.receive({ channel: "C1", text: "unseen", threadTs: slack.fake.receive({ channel: "C1", text: "another" }) });
    await untilAcked(slack, 4);
    expect(slack.received).toHaveLength(1);
  });

  test("captions and the names of files; a message passed on without a word", async () => {
    const slack = await connectSlack();
    slack.fake.receive({ text: "see", extra: { subtype: "file_share", files: [{ name: "report.pdf" }, { name: "a.m4a", subtype: "slack_audio" }] } });
    slack.fake.receive({ text: "", extra: { attachments: [{ is_share: true, text: "said elsewhere" }] } });
    slack.fake.receive({ text: "aloud", channel: "D1", threadTs: "1700000000.000100", extra: { subtype: "thread_broadcast" } });
    await untilAcked(slack, 3);
    expect(slack.received.filter(({ chatId }) => chatId === "D1").map(({ text }) => text)).toEqual(["see\n[file: report.pdf]\n[voice message]", "said elsewhere"]);
    expect(slack.received).toContainEqual(expect.objectContaining({ text: "aloud", chatId: "D1:1700000000.000100", chatType: "direct" }));
  });

  test("its own messages, other bots', edits, joins, empty ones and unknown kinds are acknowledged and ignored", async () => {
    const slack = await connectSlack();
    slack.fake.people.set("U9", { name: "Robby", isBot: true });
    slack.fake.receive({ text: "mine", user: "UBOT" });
    slack.fake.receive({ text: "beep", extra: { bot_id: "B2" } });
    slack.fake.receive({ text: "beep", user: "U9" });
    for (const subtype of ["message_changed", "message_deleted", "channel_join", "bot_message"]) slack.fake.receive({ text: "x", extra: { subtype } });
    slack.fake.receive({ channel: "C1", text: "<@UBOT> put in later", extra: { edited: { user: "U1", ts: "1.2" } } });
    slack.fake.receive({ channel: "C1", text: "<@UBOT>" });
    slack.fake.deliver({ type: "reaction_added", user: "U1", reaction: "eyes" });
    slack.fake.deliver({ type: "reaction_added", user: "U1", reaction: "eyes" });
    await untilAcked(slack, 13);
    expect(slack.received).toEqual([]);
    expect(slack.logged().match(/reaction_added/g)).toHaveLength(1);
  });

  test("frames that are no envelopes of an event do no harm", async () => {
    const slack = await connectSlack();
    for (const frame of ["no JSON", "null", { type: "events_api", envelope_id: "e1", payload: { type: "app_rate_limited" } }, { type: "slash_commands", envelope_id: "e2", payload: {} }]) {
      slack.fake.sendFrame(frame);
    }
    slack.fake.receive({ text: "after it" });
    await untilAcked(slack, 2);
    expect(slack.fake.acks[0]).toMatchObject({ envelopeId: "e2" });
    expect(slack.received.map(({ text }) => text)).toEqual(["after it"]);
  });
});

describe("taking a message", () => {
  test("is acknowledged only once it is stored, and delivered again when it could not be", async () => {
    let attempts = 0;
    const slack = await connectSlack({
      fake: soon,
      async received() {
        attempts += 1;
        if (attempts === 1) throw new Error("the disk is full");
      },
    });
    const ts = slack.fake.receive({ text: "keep this" });
    await untilAcked(slack, 1);
    expect(slack.fake.acks).toMatchObject([{ retryAttempt: 1 }]);
    expect(slack.received.map(({ id }) => id)).toEqual([`D1:${ts}`]);
  });

  test("keeps the order of a chat, and does not let chats wait for each other", async () => {
    const gate = Promise.withResolvers<void>();
    const slack = await connectSlack({ received: async ({ text }) => (text === "first" ? gate.promise : undefined) });
    slack.fake.receive({ text: "first" });
    slack.fake.receive({ text: "second" });
    slack.fake.receive({ text: "elsewhere", channel: "D2" });
    await untilAcked(slack, 1);
    expect(slack.received.map(({ text }) => text)).toEqual(["elsewhere"]);
    gate.resolve();
    await untilAcked(slack, 3);
    expect(slack.received.map(({ text }) => text)).toEqual(["elsewhere", "first", "second"]);
  });

  test("asks once for a person, and goes by the id when Slack does not tell", async () => {
    const slack = await connectSlack();
    slack.fake.receive({ text: "one" });
    slack.fake.receive({ text: "two, <@U7>" });
    slack.fake.receive({ text: "three", user: "U8", channel: "D8" });
    await untilAcked(slack, 3);
    expect(slack.received.map(({ text, userName }) => [text, userName])).toEqual(expect.arrayContaining([["one", "Ada"], ["two, @U7", "Ada"], ["three", "U8"]]));
    expect(slack.fake.calls.filter(({ method, args }) => method === "users.info" && args["user"] === "U1")).toHaveLength(1);
  });
});
