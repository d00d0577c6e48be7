import { describe, expect, test } from "vitest";
import { connect, useRig } from "./testing.ts";

const rig = useRig();

test("it is connected once the token has worked, and tries it every five minutes", async () => {
  rig.connector.start();
  expect(rig.connector.status()).toEqual({ state: "connecting", since: rig.clock, error: null });
  expect(await rig.nextChange()).toBe("connected");
  expect(rig.fake.calls).toMatchObject([{ method: "GET", path: `/meta/v24.0/${rig.fake.settings.phoneNumberId}?fields=verified_name` }]);
  await until(() => rig.timer?.delayMs === 300_000);
  rig.timer!.fire();
  await rig.fake.untilCalls(2);
  expect(rig.changes.map(({ state }) => state)).toEqual(["connecting", "connected"]);
});

test("a refused token: disconnected with the reason, without the token, told and logged once, and tried again each minute", async () => {
  rig.fake.changeToken("EAAJB-another");
  await connect(rig);
  for (let attempts = 1; attempts <= 3; attempts++) {
    await until(() => rig.timer?.delayMs === 60_000);
    const { fire } = rig.timer!;
    rig.timer = null;
    fire();
    await rig.fake.untilCalls(attempts + 1);
  }
  expect(rig.changes.map(({ state, error }) => [state, error])).toEqual([
    ["connecting", null],
    ["disconnected", "WhatsApp refused the access token: Malformed access token [secret] (HTTP 401, code 190)."],
  ]);
  expect(rig.lines.filter(({ level }) => level >= 40)).toHaveLength(1);
  expect(JSON.stringify(rig.lines)).not.toContain(rig.fake.settings.accessToken);

  await until(() => rig.timer !== null);
  rig.fake.changeToken(null);
  rig.timer!.fire();
  expect(await rig.nextChange()).toBe("connected");
});

test("a number that the token may not see: disconnected", async () => {
  rig.fake.failNext({ status: 400, code: 100, message: "Unsupported get request" });
  await connect(rig);
  expect(rig.connector.status()).toMatchObject({ state: "disconnected", error: "WhatsApp refused it: Unsupported get request (HTTP 400, code 100)." });
});

test("trouble on the way: connecting with the reason, and tried again after longer and longer", async () => {
  rig.fake.failNext({ status: 503 }, "cut", { status: 502, body: "<html>" });
  rig.connector.start();
  const [delays, errors]: [number[], unknown[]] = [[], []];
  for (let attempt = 1; attempt <= 3; attempt++) {
    await until(() => rig.timer !== null);
    delays.push(rig.timer!.delayMs);
    errors.push(rig.connector.status().error);
    const { fire } = rig.timer!;
    rig.timer = null;
    fire();
  }
  await until(() => rig.timer !== null);
  expect(delays).toEqual([1_000, 2_000, 4_000]);
  expect(errors).toEqual([
    "WhatsApp cannot do it at the moment: An unknown error occurred (HTTP 503, code 1).",
    "WhatsApp did not answer (UND_ERR_SOCKET).",
    "WhatsApp cannot do it at the moment: it gives no reason (HTTP 502).",
  ]);
  expect(rig.connector.status()).toMatchObject({ state: "connected", error: null });
  expect(new Set(rig.changes.map(({ state }) => state))).toEqual(new Set(["connecting", "connected"]));
});

test("another reason is told, and `since` stays that of the state", async () => {
  rig.fake.failNext({ status: 503 }, "cut");
  await connect(rig);
  const { since } = rig.connector.status();
  rig.clock += 1_000;
  await until(() => rig.timer !== null);
  rig.timer!.fire();
  await rig.nextChange();
  expect(rig.connector.status()).toMatchObject({ state: "connecting", since });
});

describe("stopping", () => {
  test("ends the attempts, and it can be started again", async () => {
    await connect(rig);
    await rig.connector.stop();
    await rig.connector.stop();
    expect(rig.timer).toBeNull();
    expect(rig.connector.status()).toMatchObject({ state: "disconnected", error: null });
    await expect(rig.connector.send("16505551234", { text: "Hello", format: "plain" })).rejects.toMatchObject({ kind: "unavailable" });
    await connect(rig);
    expect(rig.connector.status().state).toBe("connected");
  });

  test("works while it connects, and what comes of that is not told any more", async () => {
    rig.connector.start();
    await rig.connector.stop();
    expect(rig.changes.map(({ state }) => state)).toEqual(["connecting", "disconnected"]);
    expect(rig.timer).toBeNull();
  });

  test("does not wait for a platform that does not answer whether the token works", async () => {
    rig.fake.failNext("hang");
    rig.connector.start();
    await rig.fake.untilCalls(1);
    await rig.connector.stop();
    expect(rig.connector.status()).toMatchObject({ state: "disconnected", error: null });
  });

  test("waits for what is being sent", async () => {
    await connect(rig);
    const sending = rig.connector.send("16505551234", { text: "Hello", format: "plain" });
    await rig.connector.stop();
    await expect(sending).resolves.toEqual({ messageId: rig.fake.sent[0]!.id });
  });
});

/** For what has no event of its own: a timer that was set. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
