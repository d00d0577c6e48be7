import { describe, expect, test } from "vitest";
import { ConnectorError } from "../port.ts";
import type { Failure } from "../../../contract-tests/fakes/slack/web-api.ts";
import { connectSlack, setUpSlack } from "./testing.ts";

const failureOf = async (sending: Promise<unknown>): Promise<ConnectorError> => {
  const error: unknown = await sending.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ConnectorError)) throw new Error("It did not fail as the port says.");
  return error;
};

describe("sending", () => {
  test("answers with Slack's own id, and lets nothing be mentioned or unfolded", async () => {
    const { connector, fake } = await connectSlack();
    const { messageId } = await connector.send("C1", { text: "*no* <!channel> @here & :tada:", format: "plain" });
    expect(fake.sent).toMatchObject([{ ts: messageId, channel: "C1", text: "*no* &lt;!channel&gt; @here &amp; :tada:" }]);
    expect(fake.sent[0]?.args).toMatchObject({ mrkdwn: "false", parse: "none", link_names: "false", unfurl_links: "false", unfurl_media: "false" });
    expect(fake.sent[0]?.args).not.toHaveProperty("thread_ts");
  });

  test("formats Markdown as Slack does", async () => {
    const { connector, fake } = await connectSlack();
    await connector.send("C1", { text: "**Hi** [there](https://example.com)", format: "markdown" });
    expect(fake.sent[0]).toMatchObject({ text: "*Hi* <https://example.com|there>", args: { mrkdwn: "true" } });
  });

  test("goes into the thread of the chat, by a channel's name, and to a person", async () => {
    const { connector, fake } = await connectSlack();
    await connector.send("C1:1700000000.000100", { text: "a", format: "plain", replyTo: "1700000009.000100" });
    await connector.send("#general", { text: "b", format: "plain" });
    await connector.send("U1", { text: "c", format: "plain" });
    await connector.send("U1", { text: "d", format: "plain" });
    expect(fake.sent.map(({ channel, threadTs }) => [channel, threadTs])).toEqual([["C1", "1700000000.000100"], ["#general", undefined], ["DU1", undefined], ["DU1", undefined]]);
    expect(fake.calls.filter(({ method }) => method === "conversations.open")).toHaveLength(1);
  });

  test("puts another text in the place of a message", async () => {
    const { connector, fake } = await connectSlack();
    const { messageId } = await connector.send("C1:1700000000.000100", { text: "a", format: "markdown" });
    await connector.edit?.("C1:1700000000.000100", messageId, { text: "**a** b", format: "markdown" });
    expect(fake.sent[0]?.edits).toEqual(["*a* b"]);
  });

  test("a text that is too long once it is formatted goes as plain text", async () => {
    const { connector, fake } = await connectSlack();
    const { messageId } = await connector.send("C1", { text: "**a**", format: "markdown" });
    const html = "<b>".repeat(connector.maxTextLength / 3);
    await connector.edit?.("C1", messageId, { text: html, format: "markdown" });
    await connector.send("C1", { text: html, format: "plain" });
    expect(fake.sent.map(({ text }) => text)).toEqual([html, html]);
  });

  test.each<[string, Failure, Partial<ConnectorError>]>([
    ["a refusal with advice", { error: "not_in_channel" }, { kind: "refused", message: "Slack refused: the bot is not in this channel. Invite the bot to the channel (not_in_channel)." }],
    ["a missing right", { error: "missing_scope", needed: "chat:write" }, { kind: "refused", message: "Slack refused: the app lacks the scope chat:write: add it and install the app again (missing_scope)." }],
    ["a refusal that we do not know", { error: "some_new_rule" }, { kind: "refused", message: "Slack refused: some new rule." }],
    ["a rate limit", { status: 429, retryAfterSeconds: 7 }, { kind: "unavailable", retryAfterMs: 7000 }],
    ["a rate limit without a time", { status: 429 }, { kind: "unavailable", retryAfterMs: null }],
    ["a rate limit by its name", { error: "ratelimited" }, { kind: "unavailable", retryAfterMs: null }],
    ["a fault of Slack's", { status: 503 }, { kind: "unavailable" }],
    ["a fault in the middle of it", { error: "fatal_error" }, { kind: "unknown" }],
    ["a connection that is cut", "cut", { kind: "unknown" }],
    ["an answer that is not Slack's", "html", { kind: "unknown" }],
    ["a status that says no", { status: 404 }, { kind: "refused" }],
  ])("makes one attempt and says how it failed: %s", async (_name, failure, expected) => {
    const { connector, fake } = await connectSlack();
    fake.failNext("chat.postMessage", failure);
    expect(await failureOf(connector.send("C1", { text: "a", format: "plain" }))).toMatchObject(expected);
    expect(fake.calls.filter(({ method }) => method === "chat.postMessage")).toHaveLength(1);
  });

  test("gives up by its signal, not knowing what became of it", async () => {
    const { connector, fake } = await connectSlack();
    fake.failNext("chat.postMessage", "hang");
    const leaving = new AbortController();
    const sending = failureOf(connector.send("C1", { text: "a", format: "plain" }, leaving.signal));
    await fake.until(() => fake.calls.at(-1)?.method === "chat.postMessage");
    leaving.abort();
    expect(await sending).toMatchObject({ kind: "unknown" });
  });

  test("ends with stop, and is unavailable before start", async () => {
    const slack = await setUpSlack();
    expect(await failureOf(slack.connector.send("C1", { text: "a", format: "plain" }))).toMatchObject({ kind: "unavailable" });
    slack.connector.start();
    await slack.untilState("connected");
    slack.fake.failNext("chat.postMessage", "hang");
    const sending = failureOf(slack.connector.send("C1", { text: "a", format: "plain" }));
    await slack.fake.until(() => slack.fake.calls.at(-1)?.method === "chat.postMessage");
    await slack.connector.stop();
    expect(await sending).toMatchObject({ kind: "unknown" });
  });

  test("a chat that is none is refused before anything is sent", async () => {
    const { connector, fake } = await connectSlack();
    expect(await failureOf(connector.send("C1:yesterday", { text: "a", format: "plain" }))).toMatchObject({ kind: "refused" });
    expect(await failureOf(connector.send("U404", { text: "a", format: "plain" }))).toMatchObject({ kind: "refused", message: "Slack refused: there is no such person (users_not_found)." });
    expect(fake.sent).toEqual([]);
  });

  test("a direct conversation that could not be opened leaves nothing in doubt", async () => {
    const { connector, fake } = await connectSlack();
    fake.failNext("conversations.open", "cut");
    expect(await failureOf(connector.send("U1", { text: "a", format: "plain" }))).toMatchObject({ kind: "unavailable" });
    await connector.send("U1", { text: "a", format: "plain" });
    expect(fake.sent).toHaveLength(1);
  });

  test("no token and no text of a message is ever logged", async () => {
    const { connector, fake, logged } = await connectSlack();
    fake.receive({ text: "the secret plan" });
    await fake.until(() => fake.acks.length === 1);
    fake.failNext("chat.postMessage", "cut");
    await failureOf(connector.send("C1", { text: "the secret answer", format: "plain" }));
    expect(logged()).toContain("Slack's library");
    expect(logged()).not.toMatch(/xoxb|xapp|secret|ticket=/);
  });
});

describe("the typing sign", () => {
  test("is shown in threads, where Slack has one, and never fails", async () => {
    const { connector, fake } = await connectSlack();
    await connector.showTyping?.("C1:1700000000.000100", "1700000000.000100");
    expect(fake.calls.at(-1)).toEqual({ method: "assistant.threads.setStatus", args: { channel_id: "C1", thread_ts: "1700000000.000100", status: "is thinking..." } });
    const before = fake.calls.length;
    await connector.showTyping?.("D1", "1700000000.000100");
    expect(fake.calls).toHaveLength(before);
    fake.failNext("assistant.threads.setStatus", { error: "missing_scope" });
    await connector.showTyping?.("C1:1700000000.000100", "1700000000.000100");
  });
});
