import { expect, onTestFinished, test, vi } from "vitest";
import { patience, scriptedPlatform } from "../fakes/scripted-connector.ts";
import { openBeside } from "../contract/running-run.ts";
import type { ServerTarget } from "../contract/server-target.ts";
import { crashCopy, questions, startChannelGateway } from "./channel-gateway.ts";

// The gateway dies, and another starts on what it has left. Each message gets one turn, and an answer or word of its failure.

/** A send that does not end as long as the test goes on. */
function never(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  onTestFinished(() => resolve());
  return promise;
}

/** The gateway that comes after the one that has died. */
async function startAfter(stateDir: string, options: Parameters<typeof scriptedPlatform>[0] = {}) {
  const platform = scriptedPlatform(options);
  return { platform, server: await startChannelGateway(platform, { stateDir }) };
}

/** How many turns there have been in a chat. */
function runs(server: ServerTarget): number {
  const database = openBeside(server);
  const { count } = database.prepare("SELECT count(*) AS count FROM runs").get() as { count: number };
  database.close();
  return count;
}

test("a message that was stored, and not begun, is answered after the start", async () => {
  const before = scriptedPlatform();
  const dying = await startChannelGateway(before);
  before.failNext("send", never());
  await before.receive({ text: "One" });
  await before.untilTried(1);
  await before.receive({ id: "two", text: "Two" });
  const { platform, server } = await startAfter(await crashCopy(dying));
  await platform.untilSent(2);
  expect(platform.texts()).toEqual(["You said: One", "You said: Two"]);
  expect(await questions(server, "telegram:7")).toEqual(["One", "Two"]);
  expect(runs(server)).toBe(2);
  // The platform had no word that it was taken, and delivers it again.
  await platform.receive({ id: "two", text: "Two" });
  await platform.receive({ text: "Three" });
  await platform.untilSent(3);
  expect(platform.texts()[2]).toBe("You said: Three");
});

test("a turn that was cut off is not begun again: the person is told", async () => {
  const before = scriptedPlatform();
  const dying = await startChannelGateway(before);
  await before.receive({ text: "Hello [hang]" });
  await vi.waitFor(() => expect(runs(dying)).toBe(1), patience);
  const { platform, server } = await startAfter(await crashCopy(dying));
  await platform.untilSent(1);
  expect(platform.texts()).toEqual(["I was interrupted before I could answer. Please send your message again."]);
  expect(runs(server)).toBe(1);
});

test("an answer of which parts are out goes on with the next one", async () => {
  const before = scriptedPlatform({ maxTextLength: 200 });
  const dying = await startChannelGateway(before);
  before.failNext("send", Promise.resolve(), Promise.resolve(), never());
  await before.receive({ text: "[words 100]" });
  await before.untilTried(3);
  const { platform, server } = await startAfter(await crashCopy(dying), { maxTextLength: 200 });
  await platform.untilSent(2);
  expect([...before.texts(), ...platform.texts()].join(" ")).toBe(Array.from({ length: 100 }, (_, index) => `word${index}`).join(" "));
  expect(runs(server)).toBe(1);
  await vi.waitFor(async () => expect((await server.call("listEvents", { query: { types: ["message.sent"] } })).json(200).events).toHaveLength(1), patience);
});

/** A gateway that dies when it has shown some of an answer, and is about to show the whole. */
async function dieShowing(text: string) {
  const before = scriptedPlatform({ editIntervalMs: 60_000 });
  const dying = await startChannelGateway(before);
  before.failNext("edit", never());
  await before.receive({ text });
  await before.untilSent(1);
  await vi.waitFor(async () => expect((await dying.call("getConversation", { path: { id: "telegram:7" } })).json(200).messages).toHaveLength(2), patience);
  return { before, stateDir: await crashCopy(dying) };
}

const slowly = (count: number) => Array.from({ length: count }, (_, index) => `slow${index}`).join(" ");

test("an answer that was being shown gets its last edit", async () => {
  const { before, stateDir } = await dieShowing("[slow 70]");
  expect(slowly(70)).toContain(before.texts()[0]);
  const { platform } = await startAfter(stateDir, { editIntervalMs: 60_000, chats: before });
  await vi.waitFor(() => expect(platform.texts()).toEqual([slowly(70)]), patience);
});

test("an answer that was being shown, and that the person has deleted, is sent anew", async () => {
  const { stateDir } = await dieShowing("[slow 70]");
  const { platform } = await startAfter(stateDir, { editIntervalMs: 60_000 });
  await platform.untilSent(1);
  expect(platform.texts()).toEqual([slowly(70)]);
});

test("a stop lets the answers under way get out, and begins no other", async () => {
  const before = scriptedPlatform();
  const stopping = await startChannelGateway(before);
  await before.receive({ text: "[slow 10]" });
  await before.receive({ text: "Later" });
  await vi.waitFor(() => expect(runs(stopping)).toBe(1), patience);
  const folder = stopping.gateway.stateDir;
  await stopping.gateway.running.stop(10_000);
  expect(before.texts()).toEqual([expect.stringContaining("slow9")]);
  expect(before.running).toBe(0);
  const { platform } = await startAfter(folder);
  await platform.untilSent(1);
  expect(platform.texts()).toEqual(["You said: Later"]);
});
