import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { freePort } from "../../../contract-tests/harness/free-port.ts";
import { createTestDiscord, type TestDiscord } from "./testing.ts";

let discord: TestDiscord;
beforeEach(async () => {
  discord = await createTestDiscord();
});
afterEach(() => discord.close());

const states = () => discord.statuses.map(({ state, error }) => (error === null ? state : `${state}: ${error}`));
const isLongWait = (delayMs: number) => delayMs >= 1_000;

test("it connects with the intents it needs, and tells so once", async () => {
  expect(discord.connector.status()).toEqual({ state: "connecting", since: 1_000_000, error: null });
  discord.clock.now += 5;
  await discord.connect();
  expect(discord.connector.status()).toEqual({ state: "connected", since: 1_000_005, error: null });
  expect(states()).toEqual(["connected"]);
  expect(discord.fake.identified).toMatchObject([{ token: "fake-bot-token", intents: 1 | 512 | 4_096 | 32_768 }]);
});

test("a token that the API refuses is told once, without the token, and tried again every two minutes", async () => {
  const unauthorized = { status: 401, body: { message: "401: Unauthorized", code: 0 } };
  discord.fake.failNext(unauthorized, unauthorized, unauthorized);
  await discord.connect();
  expect(states()).toEqual(["disconnected: Discord refused the bot token: 401: Unauthorized", "connected"]);
  expect(discord.waits).toEqual([120_000, 120_000, 120_000]);
  expect(JSON.stringify([discord.statuses, discord.logged])).not.toContain(discord.fake.botToken);
});

test.each([
  [4_004, "Discord refused the bot token."],
  [4_011, "The bot is in too many servers for one connection."],
  [4_014, 'Discord does not let the bot read messages: switch on "Message Content Intent" on the Bot page of the developer portal.'],
])("a refusal by the gateway (%i) says what to do", async (code, reason) => {
  discord.fake.behaviour.refusesWith = code;
  discord.holds = (delayMs) => delayMs === 120_000;
  discord.connector.start();
  await discord.untilState("disconnected");
  expect(states()).toEqual([`disconnected: ${reason}`]);
  discord.fake.behaviour.refusesWith = null;
  await vi.waitFor(() => expect(discord.waits).toContain(120_000));
  discord.wake();
  await discord.untilState("connected");
});

test("while Discord fails it is connecting, with growing waits", async () => {
  const broken = { status: 502 };
  discord.fake.failNext(broken, broken, broken, "cut", { status: 429, headers: { "retry-after": "30" }, body: { message: "wait", retry_after: 30, global: true } });
  await discord.connect();
  expect(states()).toEqual(["connecting: Discord answered 502 Bad Gateway.", "connecting: The call to Discord was cut: other side closed", "connecting: Discord's rate limit is reached.", "connected"]);
  expect(discord.waits.slice(0, 4)).toEqual([1_000, 2_000, 4_000, 8_000]);
  expect(discord.waits[4]).toBeGreaterThanOrEqual(30_000);
});

test("nobody at the address is a reason to go on trying", async () => {
  await discord.close();
  discord.holds = isLongWait;
  discord.connector.start();
  await vi.waitFor(() => expect(discord.waits).toEqual([1_000]));
  expect(discord.connector.status()).toMatchObject({ state: "connecting", error: expect.stringMatching(/^Discord cannot be reached: connect ECONNREFUSED/) });
  discord = await createTestDiscord();
});

test("a lost connection is resumed, and what was written meanwhile comes in once", async () => {
  await discord.connect();
  discord.fake.receive({ text: "before" });
  await discord.untilReceived(1);
  discord.holds = isLongWait;
  discord.fake.drop();
  await discord.untilState("connecting");
  discord.fake.receive({ text: "between" });
  discord.wake();
  await discord.untilState("connected");
  discord.fake.receive({ text: "after" });
  await discord.untilReceived(3);
  expect(discord.received.map(({ text }) => text)).toEqual(["before", "between", "after"]);
  expect(discord.fake.identified).toHaveLength(1);
  expect(discord.fake.resumed).toMatchObject([{ seq: 2 }]);
  expect(states()).toEqual(["connected", "connecting: The connection to Discord was lost (1006).", "connected"]);
});

test("a session that Discord has forgotten is begun anew, five seconds after the last", async () => {
  await discord.connect();
  discord.clock.now += 3_000;
  discord.fake.forgetSessions();
  await discord.fake.untilConnected(2);
  expect(discord.fake.resumed).toHaveLength(1);
  expect(discord.fake.identified).toHaveLength(2);
  expect(discord.waits).toEqual([1_000, 2_000, 2_000]);
  await discord.untilState("connected");
});

test.each([4_007, 4_009])("after code %i no session is resumed", async (code) => {
  await discord.connect();
  discord.fake.drop(code);
  await discord.fake.untilConnected(2);
  expect(discord.fake.resumed).toEqual([]);
  expect(discord.fake.identified).toHaveLength(2);
});

test("when no sessions may be begun for now, it waits as long as Discord says", async () => {
  discord.fake.failNext({ status: 200, body: { url: discord.fake.apiRoot, shards: 1, session_start_limit: { total: 1_000, remaining: 0, reset_after: 777_000, max_concurrency: 1 } } });
  await discord.connect();
  expect(discord.waits).toEqual([777_000]);
});

test("heartbeats keep a connection; one that does not answer them is resumed by another", async () => {
  discord.fake.behaviour.heartbeatIntervalMs = 15;
  await discord.connect();
  discord.fake.behaviour.answersHeartbeats = false;
  await discord.fake.untilConnected(2);
  discord.fake.behaviour.answersHeartbeats = true;
  expect(discord.fake.resumed.length).toBeGreaterThanOrEqual(1);
  expect(states()).toContain("connecting: Discord's gateway no longer answers.");
});

test.each([
  ['{"op":7,"d":null}', "Discord asked to connect anew."],
  ['{"op":9,"d":true}', "Discord ended the session."],
])("told to by %s, it connects anew and resumes", async (payload, reason) => {
  await discord.connect();
  discord.fake.say(payload);
  await discord.fake.untilConnected(2);
  expect(discord.fake.resumed).toHaveLength(1);
  expect(states()).toContain(`connecting: ${reason}`);
});

test("where sessions are resumed is out of reach: the same session is resumed at the address for all", async () => {
  discord.fake.behaviour.resumeUrl = `ws://127.0.0.1:${await freePort()}/gateway`;
  await discord.connect();
  discord.fake.drop();
  await discord.fake.untilConnected(2);
  expect(discord.waits).toEqual([1_000, 2_000]);
  expect(discord.fake.resumed).toHaveLength(1);
  expect(discord.fake.identified).toHaveLength(1);
});

test("an address that is none of a WebSocket is a reason, not a crash", async () => {
  const elsewhere = { status: 200, body: { url: "gopher://x", shards: 1, session_start_limit: { total: 1, remaining: 1, reset_after: 0, max_concurrency: 1 } } };
  discord.fake.failNext(elsewhere);
  await discord.connect();
  expect(states()[0]).toMatch(/^connecting: Discord's gateway cannot be reached: /);
});

test("after a minute of connection the waits begin at a second again", async () => {
  await discord.connect();
  for (const heldForMs of [1_000, 1_000, 60_000]) {
    discord.clock.now += heldForMs;
    discord.fake.drop();
    await discord.fake.untilConnected(discord.waits.length + 2);
    await discord.untilState("connected");
  }
  expect(discord.waits).toEqual([1_000, 2_000, 1_000]);
});

test("events of unknown types, unknown operations and nonsense are ignored, each type logged once", async () => {
  await discord.connect();
  discord.fake.dispatch("PARTY_STARTED", { balloons: 99 });
  discord.fake.dispatch("PARTY_STARTED", {});
  discord.fake.dispatch("MESSAGE_CREATE", { without: "anything" });
  discord.fake.say("{ not json");
  discord.fake.say('{"op":99}');
  discord.fake.receive({ text: "still there?" });
  await discord.untilReceived(1);
  expect(discord.logged.filter(({ type }) => type === "PARTY_STARTED")).toMatchObject([{ level: 20 }]);
  expect(discord.fake.identified).toHaveLength(1);
});

test("a stop says goodbye, and it can be started again", async () => {
  await discord.connect();
  await discord.connector.stop();
  await discord.connector.stop();
  await discord.fake.untilDisconnected();
  expect(discord.connector.status().state).toBe("disconnected");
  discord.fake.receive({ text: "nobody hears" });
  discord.clock.now += 60_000;
  await discord.connect();
  discord.fake.receive({ text: "somebody hears" });
  await discord.untilReceived(1);
  expect(discord.received).toMatchObject([{ text: "somebody hears" }]);
  expect(discord.fake.identified).toHaveLength(2);
});

test("a stop ends a handshake, a wait for the greeting, a request, and a wait for the next attempt", async () => {
  discord.fake.behaviour.answersHandshakes = false;
  discord.connector.start();
  await discord.fake.untilUpgrading(1);
  await discord.connector.stop();
  await discord.fake.untilDisconnected();

  Object.assign(discord.fake.behaviour, { answersHandshakes: true, greets: false });
  discord.clock.now += 60_000;
  discord.connector.start();
  await discord.fake.untilUpgrading(2);
  await discord.connector.stop();
  await discord.fake.untilDisconnected();

  discord.fake.failNext("hang");
  const asked = discord.fake.requests.length;
  discord.connector.start();
  await discord.fake.untilRequested(asked + 1);
  await discord.connector.stop();

  discord.holds = isLongWait;
  discord.fake.failNext({ status: 500 });
  discord.connector.start();
  await vi.waitFor(() => expect(discord.connector.status().error).toContain("500"));
  await discord.connector.stop();
  expect(discord.fake.identified).toEqual([]);
});

test("a gateway that takes the connection and never speaks does not hold the stop", async () => {
  const silent = createServer(() => {}).listen(0, "127.0.0.1");
  await once(silent, "listening");
  const { port } = silent.address() as AddressInfo;
  discord.fake.failNext({ status: 200, body: { url: `ws://127.0.0.1:${port}`, shards: 1, session_start_limit: { total: 1, remaining: 1, reset_after: 0, max_concurrency: 1 } } });
  discord.connector.start();
  await once(silent, "connection");
  await discord.connector.stop();
  // It closes when its last connection has gone.
  silent.close();
  await once(silent, "close");
  expect(states()).toEqual(["disconnected"]);
});
