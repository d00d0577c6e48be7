import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { dayMs } from "../durations.ts";
import { createEventStore, type EventStore } from "../events/store.ts";
import { createEventWriter } from "../events/writer.ts";
import { newId } from "../ids.ts";
import { type Database, openDatabase } from "../storage/database.ts";
import { createDeliveryStore, type DeliveryStore } from "./delivery-store.ts";
import { createEndpoints } from "./endpoints.ts";
import { createOutbox } from "./outbox.ts";
import { createWebhookStore } from "./store.ts";
import type { Webhook } from "./webhook.ts";

let database: Database;
let deliveries: DeliveryStore;
let events: EventStore;
let time: number;
let happen: () => Promise<void>;

const webhook: Webhook = { id: "whk_1", source: "stored", url: "https://hooks.example/", events: ["session.ended"], workspaceId: null, description: null, enabled: true, disabledReason: null, edition: "workspaces", maxAttempts: 3, backoffMs: 0, timeoutMs: 1000, concurrency: 1, secret: "whsec_secret", previousSecret: null, previousUntil: null, createdAt: 1, updatedAt: 1 };

beforeEach(async () => {
  time = Date.now();
  database = await openDatabase("sqlite::memory:");
  deliveries = createDeliveryStore({ database });
  events = await createEventStore({ database });
  const store = createWebhookStore({ database });
  await store.insert(webhook);
  const endpoints = createEndpoints({ store, now: () => time, onSecrets() {} });
  endpoints.load();
  const writer = createEventWriter({ database });
  writer.accompany(createOutbox({ endpoints, deliveries, now: () => time, onWritten() {} }));
  happen = () => writer.write({ type: "session.ended", at: time, workspaceId: "default", sessionId: newId("sess"), messageId: null, data: { reason: "deleted" } });
});
afterEach(() => database.close());

const claim = (most = 10, concurrency = 32) => deliveries.claim("whk_1", { at: time, until: time + 1000, most, concurrency });

describe("a lease", () => {
  test("keeps others away until it ends, and a crash gives it back by that", async () => {
    await happen();
    const [first] = await claim();
    expect(await claim()).toEqual([]);
    expect(deliveries.nextDueAt("whk_1", 32)).toBe(time + 1000);
    time += 1000;
    const [second] = await claim();
    expect(second!.id).toBe(first!.id);
  });

  test("that has run out decides nothing any more", async () => {
    await happen();
    const [late] = await claim();
    time += 1000;
    const [current] = await claim();
    await deliveries.settle(late!, { status: "dead", dueAt: null, failures: 3, attempts: [], body: "{}" });
    expect(await deliveries.find(current!.id)).toMatchObject({ status: "pending", failures: 0 });
    await deliveries.settle(current!, { status: "delivered", dueAt: null, failures: 0, attempts: [], body: null });
    expect(await deliveries.find(current!.id)).toMatchObject({ status: "delivered", dueAt: null });
    expect(deliveries.nextDueAt("whk_1", 32)).toBeNull();
  });

  test("keeps the ones behind it waiting, whoever has it, where as many are in force as there may be", async () => {
    for (let event = 0; event < 3; event++) await happen();
    const dueAt = time;
    const [first] = await claim(1, 1);
    expect(first).toMatchObject({ eventCursor: 1, dueAt, leasedUntil: time + 1000 });
    expect(await claim(1, 1)).toEqual([]);
    expect(deliveries.nextDueAt("whk_1", 1)).toBe(time + 1000);
    expect(deliveries.nextDueAt("whk_1", 2)).toBe(dueAt);
    const [second] = await claim(10, 2);
    expect(second!.eventCursor).toBe(2);
    await deliveries.settle(second!, { ...second!, status: "delivered", dueAt: null });
    expect(await claim(1, 1)).toEqual([]);
    // Whoever took the first one is gone: it comes again, and still before the third.
    time += 1000;
    expect((await claim(1, 1)).map(({ id }) => id)).toEqual([first!.id]);
  });

  test("that is given back leaves it in its place", async () => {
    for (let event = 0; event < 2; event++) await happen();
    time += 100;
    const [first] = await claim(1, 1);
    await deliveries.settle(first!, first!);
    expect((await claim()).map(({ eventCursor }) => eventCursor)).toEqual([1, 2]);
  });

  test("is taken by one of many", async () => {
    for (let event = 0; event < 20; event++) await happen();
    const taken = (await Promise.all(Array.from({ length: 10 }, () => claim(3)))).flat();
    expect(taken).toHaveLength(20);
    expect(new Set(taken.map(({ id }) => id)).size).toBe(20);
  });
});

test("what is due first is taken first: events in their order, and a retry when its time has come", async () => {
  for (let event = 0; event < 3; event++) await happen();
  const [first] = await claim(1);
  await deliveries.settle(first!, { status: "pending", dueAt: time + 50, failures: 1, attempts: [], body: "{}" });
  time += 10;
  await happen();
  expect((await claim(2)).map(({ eventCursor }) => eventCursor)).toEqual([2, 3]);
  time += 100;
  expect((await claim()).map(({ eventCursor }) => eventCursor)).toEqual([1, 4]);
});

test("the queue's length and age are those of what is open", async () => {
  expect(deliveries.open()).toEqual({ depth: 0, oldestAt: null });
  await happen();
  const oldestAt = time;
  time += 500;
  await happen();
  const [first] = await claim(1);
  expect(deliveries.open()).toEqual({ depth: 2, oldestAt });
  await deliveries.settle(first!, { status: "delivered", dueAt: null, failures: 0, attempts: [], body: null });
  expect(deliveries.open()).toEqual({ depth: 1, oldestAt: time });
});

describe("what is kept", () => {
  test("an event that is still to be delivered, and all behind it", async () => {
    for (let event = 0; event < 3; event++) await happen();
    const [first, second] = await claim(2);
    for (const claimed of [first!, second!]) await deliveries.settle(claimed, { status: "delivered", dueAt: null, failures: 0, attempts: [], body: null });
    expect(await events.deleteBefore(time + dayMs, 100)).toBe(2);
    expect(events.oldest()).toBe(3);
    // Once it has a body of its own, the event may go.
    const [third] = await claim();
    await deliveries.settle(third!, { status: "pending", dueAt: time + 50, failures: 1, attempts: [], body: "{}" });
    expect(await events.deleteBefore(time + dayMs, 100)).toBe(1);
  });

  test("deliveries by their status and age", async () => {
    await happen();
    const [only] = await claim();
    expect(await deliveries.deleteOld(["dead", "delivered"], time + dayMs, 100)).toBe(0);
    await deliveries.settle(only!, { status: "dead", dueAt: null, failures: 3, attempts: [], body: "{}" });
    expect(await deliveries.deleteOld(["delivered"], time + dayMs, 100)).toBe(0);
    expect(await deliveries.deleteOld(["dead"], time - dayMs, 100)).toBe(0);
    expect(await deliveries.deleteOld(["dead"], time + dayMs, 100)).toBe(1);
  });
});

test("an event that is taken back leaves no delivery", async () => {
  const writer = createEventWriter({ database });
  writer.accompany(() => (eventCursor) => [deliveries.insertion({ id: "dlv_1", webhookId: "whk_1", eventCursor, eventType: "session.ended", workspaceId: "default", createdAt: time })]);
  const failing = database.run(function* () {
    yield* writer.append({ type: "session.ended", at: time, workspaceId: "default", sessionId: "sess_1", messageId: null, data: { reason: "deleted" } });
    throw new Error("what it tells of did not happen");
  });
  await expect(failing).rejects.toThrow("did not happen");
  expect(await deliveries.find("dlv_1")).toBeUndefined();
  expect(deliveries.open().depth).toBe(0);
});

