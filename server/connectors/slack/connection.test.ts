import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { connectSlack, setUpSlack } from "./testing.ts";

describe("connecting", () => {
  test("tells once that it connects and that it is connected", async () => {
    const { statuses, connector } = await connectSlack();
    expect(statuses.map(({ state, error }) => ({ state, error }))).toEqual([
      { state: "connecting", error: null },
      { state: "connected", error: null },
    ]);
    expect(connector.status()).toBe(statuses[1]);
  });

  test.each([
    [{ botToken: "xoxb-wrong-000" }, "Slack refused the bot token: the token is wrong (invalid_auth)."],
    [{ appToken: "xapp-wrong-000" }, "Slack refused the app token: the token is wrong (invalid_auth)."],
  ])("says that a token is wrong, and tries again seldom: %o", async (tokens, error) => {
    const slack = await setUpSlack({ tokens, mostWaits: 0 });
    slack.connector.start();
    await slack.untilWaits(1);
    expect(slack.waits).toEqual([60_000]);
    expect(slack.connector.status()).toMatchObject({ state: "disconnected", error });
    expect(slack.logged()).not.toMatch(/wrong-000/);
  });

  test("keeps trying with longer waits while Slack is out of reach, and tells of it once", async () => {
    const nobody = createServer().listen(0, "127.0.0.1");
    await once(nobody, "listening");
    const { port } = nobody.address() as AddressInfo;
    nobody.close();
    const slack = await setUpSlack({ apiRoot: `http://127.0.0.1:${port}/api`, mostWaits: 3 });
    slack.connector.start();
    await slack.untilWaits(4);
    expect(slack.waits).toEqual([1000, 1000, 2000, 4000]);
    expect(slack.statuses.map(({ state, error }) => ({ state, error }))).toEqual([
      { state: "connecting", error: null },
      { state: "connecting", error: "Slack cannot be reached (ECONNREFUSED)." },
    ]);
  });

  test("waits as long as Slack tells it to", async () => {
    const slack = await setUpSlack();
    slack.fake.failNext("apps.connections.open", { status: 429, retryAfterSeconds: 30 });
    slack.fake.failNext("auth.test", { status: 502 });
    slack.connector.start();
    await slack.untilState("connected");
    expect(slack.waits).toEqual([1000, 30_000]);
  });

  test("tries again when the socket is refused or ends before the hello", async () => {
    const slack = await setUpSlack();
    slack.fake.failNext("socket", "cut");
    slack.connector.start();
    await slack.untilState("connected");
    expect(slack.statuses[1]?.error).toMatch(/^Slack's socket cannot be opened: /);
  });

  test("does not wait for ever for the hello", async () => {
    const slack = await setUpSlack({ fake: { isSilent: true }, helloTimeoutMs: 100, mostWaits: 0 });
    slack.connector.start();
    await slack.untilWaits(1);
    expect(slack.connector.status()).toMatchObject({ state: "connecting", error: "Slack did not say hello in time." });
    await slack.fake.until(() => slack.fake.open === 0);
  });
});

describe("a connection that goes", () => {
  test("is made again, and what came meanwhile is delivered", async () => {
    const slack = await connectSlack();
    slack.fake.drop();
    await slack.untilState("connecting", 2);
    slack.fake.receive({ text: "while you were away" });
    await slack.untilState("connected", 2);
    await slack.fake.until(() => slack.fake.acks.length === 1);
    expect(slack.received.map(({ text }) => text)).toEqual(["while you were away"]);
    expect(slack.statuses.map(({ state }) => state)).toEqual(["connecting", "connected", "connecting", "connected"]);
    expect(slack.statuses[2]?.error).toMatch(/^The connection to Slack was lost: \w.*\.$/);
  });

  test.each(["warning", "refresh_requested"])("is replaced at once after a %s, without a gap and without a word", async (reason) => {
    let time = 0;
    const slack = await connectSlack({ now: () => time });
    time += 3_600_000;
    slack.fake.disconnect(reason);
    await slack.fake.until(() => slack.fake.greeted === 2 && slack.fake.open === 1);
    expect(slack.waits).toEqual([]);
    expect(slack.statuses.map(({ state }) => state)).toEqual(["connecting", "connected"]);
    slack.fake.receive({ text: "over the new one" });
    await slack.fake.until(() => slack.fake.acks.length === 1);
  });

  test("is not replaced without a wait when Slack keeps asking for it", async () => {
    const slack = await connectSlack({ now: () => 0 });
    slack.fake.disconnect("warning");
    await slack.fake.until(() => slack.fake.greeted === 2);
    expect(slack.waits).toEqual([1000]);
  });

  test("says so when socket mode was switched off", async () => {
    const slack = await connectSlack();
    slack.fake.disconnect("link_disabled");
    await slack.untilState("connected", 2);
    expect(slack.statuses[2]?.error).toBe("The connection to Slack was lost: Socket mode is switched off for the app.");
  });
});

describe("stopping", () => {
  test("ends the socket, and starting again opens another", async () => {
    const slack = await connectSlack();
    await slack.connector.stop();
    await slack.fake.until(() => slack.fake.open === 0);
    expect(slack.connector.status()).toMatchObject({ state: "disconnected", error: null });
    await slack.connector.stop();
    slack.connector.start();
    await slack.untilState("connected", 2);
    expect(slack.fake.open).toBe(1);
  });

  test("works while it connects", async () => {
    const slack = await setUpSlack();
    slack.fake.failNext("apps.connections.open", "hang");
    slack.connector.start();
    await slack.fake.until(() => slack.fake.calls.length === 2);
    await slack.connector.stop();
    expect(slack.connector.status().state).toBe("disconnected");
  });

  test("works while it waits for the hello", async () => {
    const slack = await setUpSlack({ fake: { isSilent: true } });
    slack.connector.start();
    await slack.fake.until(() => slack.fake.calls.length === 2);
    await slack.connector.stop();
    await slack.fake.until(() => slack.fake.open === 0);
    expect(slack.statuses.map(({ state }) => state)).toEqual(["connecting", "disconnected"]);
  });

  test("lets a message that is being stored be acknowledged", async () => {
    const gate = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const slack = await connectSlack({ received: () => (begun.resolve(), gate.promise) });
    slack.fake.receive({ text: "just in time" });
    await begun.promise;
    const stopped = slack.connector.stop();
    gate.resolve();
    await stopped;
    await slack.fake.until(() => slack.fake.acks.length === 1);
    expect(slack.received.map(({ text }) => text)).toEqual(["just in time"]);
  });
});
