import { describe, expect, test } from "vitest";
import type { ConnectorError } from "../port.ts";
import { failure } from "../../../contract-tests/fakes/collect.ts";
import { connect, useRig } from "./testing.ts";

const rig = useRig({ timeoutMs: 300 });
const person = "16505551234";
const send = (text: string, format: "plain" | "markdown" = "plain") => rig.connector.send(person, { text, format });
const fails = async (sending: Promise<unknown>) => (await failure(sending)) as ConnectorError;

test("a text, letter by letter, without a preview of its links", async () => {
  await connect(rig);
  const text = "*a* _b_ <c> & \\ ü 😀\n> https://a.example";
  const { messageId } = await send(text);
  expect(rig.fake.sent).toEqual([{ id: messageId, to: person, text, replyTo: null }]);
  expect(rig.fake.calls.at(-1)).toMatchObject({ token: rig.fake.settings.accessToken, body: { text: { preview_url: false } } });
});

test("an answer to a message, formatted", async () => {
  await connect(rig);
  await rig.connector.send(person, { text: "# Title\n\nIt is **so**.", format: "markdown", replyTo: "wamid.1" });
  expect(rig.fake.sent).toMatchObject([{ text: "*Title*\n\nIt is *so*.", replyTo: "wamid.1" }]);
});

test("what would be too long once it is formatted goes out as it was written", async () => {
  await connect(rig);
  const text = `| a | b |\n|---|---|\n| ${"x".repeat(200)} | y |\n${"| a | y |\n".repeat(200)}`;
  expect(text.length).toBeLessThan(rig.connector.maxTextLength);
  await send(text, "markdown");
  expect(rig.fake.sent).toMatchObject([{ text }]);
});

test("to a person who hides their number", async () => {
  await connect(rig);
  await rig.connector.send("US.13491208655302741918", { text: "Hello", format: "plain" });
  expect(rig.fake.calls.at(-1)!.body).toMatchObject({ recipient: "US.13491208655302741918" });
  expect(rig.fake.calls.at(-1)!.body).not.toHaveProperty("to");
});

test("typing, below the message that is answered; that it fails is nobody's trouble", async () => {
  await connect(rig);
  await rig.connector.showTyping!(person, "wamid.1");
  rig.fake.failNext({ status: 400, code: 100 }, "cut");
  await rig.connector.showTyping!(person, "wamid.2");
  await rig.connector.showTyping!(person, "wamid.3");
  expect(rig.fake.typing).toEqual(["wamid.1"]);
});

describe("an error of the platform", () => {
  test.each([
    [{ status: 400, code: 131_047, message: "Re-engagement message" }, "refused", /^More than 24 hours have passed since the person wrote; use a template/],
    [{ status: 400, code: 131_026, message: "Message undeliverable" }, "refused", /^WhatsApp cannot deliver to this person.*: Message undeliverable \(HTTP 400, code 131026\)\.$/],
    [{ status: 400, code: 100, message: "(#100) Invalid parameter", details: "The parameter to is required." }, "refused", /^WhatsApp refused it: The parameter to is required \(HTTP 400, code 100\)\.$/],
    [{ status: 403, code: 10, message: "Permission denied" }, "refused", /Permission denied/],
    [{ status: 404, body: "<html>" }, "refused", /it gives no reason \(HTTP 404\)/],
    [{ status: 400, code: 130_429, message: "(#130429) Rate limit hit" }, "unavailable", /^WhatsApp wants less to be sent: \(#130429\) Rate limit hit/],
    [{ status: 400, code: 131_056 }, "unavailable", /wants less/],
    [{ status: 400, code: 80_007 }, "unavailable", /wants less/],
    [{ status: 400, code: 4 }, "unavailable", /wants less/],
    [{ status: 429, body: "slow down" }, "unavailable", /wants less/],
    [{ status: 500, code: 131_000, message: "Something went wrong" }, "unavailable", /^WhatsApp cannot do it at the moment: Something went wrong/],
    [{ status: 503, body: "" }, "unavailable", /at the moment/],
  ] as const)("%j", async (told, kind, message) => {
    await connect(rig);
    rig.fake.failNext(told);
    const error = await fails(send("Hello"));
    expect(error).toMatchObject({ name: "ConnectorError", kind, retryAfterMs: null });
    expect(error.message).toMatch(message);
    // One attempt.
    expect(rig.fake.calls).toHaveLength(2);
  });

  test("with a time to wait", async () => {
    await connect(rig);
    rig.fake.failNext({ status: 429, code: 130_429, headers: { "retry-after": "7" } });
    expect(await fails(send("Hello"))).toMatchObject({ kind: "unavailable", retryAfterMs: 7_000 });
  });

  test("a token that has expired: nothing is connected any more, and the token is in no error and no line", async () => {
    await connect(rig);
    rig.fake.changeToken("EAAJB-another");
    const error = await fails(send("Hello"));
    expect(error).toMatchObject({ kind: "unavailable", message: expect.stringContaining("refused the access token") });
    expect(rig.connector.status()).toMatchObject({ state: "disconnected", error: error.message });
    expect(rig.timer?.delayMs).toBe(60_000);
    expect(`${error.stack}${JSON.stringify(rig.lines)}`).not.toContain(rig.fake.settings.accessToken);
  });
});

describe("no answer of the platform", () => {
  test.each([
    ["cut", "WhatsApp did not answer (UND_ERR_SOCKET)."],
    ["hang", "WhatsApp did not answer (TimeoutError)."],
    [{ status: 200, body: "<html>" }, expect.stringContaining("no JSON")],
  ] as const)("unknown: %j", async (told, message) => {
    await connect(rig);
    rig.fake.failNext(told);
    expect(await fails(send("Hello"))).toMatchObject({ kind: "unknown", message });
    expect(rig.fake.calls).toHaveLength(2);
  });

  test("unknown: a call that is given up once it was written", async () => {
    await connect(rig);
    rig.fake.failNext("hang");
    const giveUp = new AbortController();
    const sending = rig.connector.send(person, { text: "Hello", format: "plain" }, giveUp.signal);
    void rig.fake.untilCalls(2).then(() => giveUp.abort());
    expect(await fails(sending)).toMatchObject({ kind: "unknown" });
  });

  test("unavailable: a call that is given up before", async () => {
    await connect(rig);
    expect(await fails(rig.connector.send(person, { text: "Hello", format: "plain" }, AbortSignal.abort()))).toMatchObject({ kind: "unavailable" });
    expect(rig.fake.calls).toHaveLength(1);
  });

  test("unavailable: nobody is there", async () => {
    await connect(rig);
    await rig.fake.close();
    expect(await fails(send("Hello"))).toMatchObject({ kind: "unavailable", message: "WhatsApp cannot be reached (ECONNREFUSED)." });
    // For the rig to close.
    rig.fake.close = async () => {};
  });
});
