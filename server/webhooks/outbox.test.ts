import { beforeEach, expect, test } from "vitest";
import type { NewEvent } from "../events/event.ts";
import { createEventWriter, type EventWriter } from "../events/writer.ts";
import { temporaryDatabase } from "../storage/testing.ts";
import { createDeliveryStore, type DeliveryStore } from "./delivery-store.ts";
import { createEndpoints, type Endpoints } from "./endpoints.ts";
import { createOutbox } from "./outbox.ts";
import { createWebhookStore, type WebhookStore } from "./store.ts";
import type { Webhook } from "./webhook.ts";

let store: WebhookStore;
let endpoints: Endpoints;
let deliveries: DeliveryStore;
let writer: EventWriter;
let told: string[];

const webhook: Webhook = { id: "whk_1", source: "stored", url: "https://hooks.example/", events: ["session.ended"], workspaceId: null, description: null, enabled: true, disabledReason: null, edition: "workspaces", maxAttempts: 3, backoffMs: 0, timeoutMs: 1000, concurrency: 1, secret: "whsec_secret", previousSecret: null, previousUntil: null, createdAt: 1, updatedAt: 1 };

beforeEach(async () => {
  const database = await temporaryDatabase("sqlite::memory:");
  store = createWebhookStore({ database });
  deliveries = createDeliveryStore({ database });
  endpoints = createEndpoints({ store, now: () => 1, onSecrets() {} });
  writer = createEventWriter({ database });
  told = [];
  writer.accompany(createOutbox({ endpoints, deliveries, now: () => 1, onWritten: (id) => told.push(id) }));
});

/** The webhooks that get a job's end that is for one of them. */
async function gotBy(webhooks: Partial<Webhook>[], deliverTo: NewEvent["deliverTo"]): Promise<string[]> {
  for (const one of webhooks) await store.insert({ ...webhook, ...one });
  endpoints.load();
  const data = { jobId: "job", runId: null, status: "failed", error: null, scheduledFor: null } as const;
  await writer.write({ type: "cron.finished", at: 1, workspaceId: "team", sessionId: null, messageId: null, ...(deliverTo !== undefined && { deliverTo }), data });
  const written = await deliveries.list({ webhookIds: webhooks.map(({ id }) => id!), status: undefined, before: null, limit: 10 });
  const ids = written.map(({ webhookId }) => webhookId).sort();
  expect([...told].sort()).toEqual(ids);
  return ids;
}

test("an event goes to those that want its type, and to the one that it is for", async () => {
  expect(await gotBy([{ id: "a" }, { id: "b" }, { id: "c", events: ["cron.finished"] }, { id: "d", events: ["*"], workspaceId: "team" }], "a")).toEqual(["a", "c", "d"]);
});

test("once to one that wants its type as well", async () => {
  expect(await gotBy([{ id: "a", events: ["*"] }], "a")).toEqual(["a"]);
});

test.each([
  ["disabled", { enabled: false }],
  ["of another workspace", { workspaceId: "default" }],
])("not to one that is %s", async (_, change) => {
  expect(await gotBy([{ id: "a", ...change }, { id: "b", events: ["cron.finished"] }], "a")).toEqual(["b"]);
});

test("to nobody when the one is gone, or there is none", async () => {
  expect(await gotBy([{ id: "a" }], "gone")).toEqual([]);
  for (const none of [null, undefined]) expect(await gotBy([], none)).toEqual([]);
});
