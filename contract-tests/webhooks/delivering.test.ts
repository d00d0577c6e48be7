import { setTimeout as wait } from "node:timers/promises";
import { Webhook } from "standardwebhooks";
import { describe, expect, onTestFinished, test } from "vitest";
import type { BodyOf } from "../contract/operations.ts";
import { type ReceiverOptions, startWebhookReceiver, type WebhookReceiver } from "../fakes/webhook-receiver.ts";
import { startTestGateway, type TestGateway, type TestGatewayOptions } from "../harness/gateway.ts";

/** Only how long a test waits before it fails. */
const patience = { timeout: 20_000 };
const network = { allowPrivate: ["127.0.0.1"] };

async function receiverWith(options: ReceiverOptions = {}): Promise<WebhookReceiver> {
  const receiver = await startWebhookReceiver(options);
  onTestFinished(() => receiver.close());
  return receiver;
}

async function gatewayWith(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const gateway = await startTestGateway({ ...options, settings: { network, ...options.settings } });
  onTestFinished(() => gateway.close());
  return gateway;
}

async function make(gateway: TestGateway, json: object): Promise<BodyOf<"createWebhook", 201>> {
  return (await (await gateway.call("/api/v1/webhooks", { json: { events: ["message.sent"], ...json } })).json()) as BodyOf<"createWebhook", 201>;
}

async function change(gateway: TestGateway, id: string, json: object): Promise<void> {
  expect((await gateway.call(`/api/v1/webhooks/${id}`, { method: "PATCH", json })).status).toBe(200);
}

async function deliveriesOf(gateway: TestGateway, id: string): Promise<BodyOf<"listDeliveries", 200>["deliveries"]> {
  return ((await (await gateway.call(`/api/v1/webhooks/${id}/deliveries?limit=100`)).json()) as BodyOf<"listDeliveries", 200>).deliveries;
}

async function say(gateway: TestGateway, times = 1): Promise<void> {
  for (let turn = 0; turn < times; turn++) expect((await gateway.call("/api/v1/messages", { json: { message: `Hello ${turn}` } })).status).toBe(200);
}

const orderOf = ({ received }: WebhookReceiver): string[] => received.map(({ event }) => event.id);

test("first attempts arrive in the order of the events, however long each answer takes, and over one connection", async () => {
  const gateway = await gatewayWith();
  const receiver = await receiverWith({ react: async (_delivery, response) => void (await wait(Math.random() * 30), response.writeHead(204).end()) });
  const { concurrency } = await make(gateway, { url: receiver.url, events: ["*"] });
  expect(concurrency).toBe(1);
  await Promise.all([say(gateway, 10), say(gateway, 10)]);
  await expect.poll(() => receiver.accepted.size, patience).toBe(100);
  expect(orderOf(receiver)).toEqual(orderOf(receiver).toSorted());
  expect(receiver.mostAtOnce).toBe(1);
  expect(receiver.connections).toBe(1);
});

test("a retry may come behind later events, whose order stays", async () => {
  const gateway = await gatewayWith();
  const refused = new Set<string>();
  const receiver = await receiverWith({
    react(delivery, response, number) {
      if (number % 3 === 0 && !refused.has(delivery.event.id)) response.writeHead(500).end(void refused.add(delivery.event.id));
      else response.writeHead(204).end();
    },
  });
  await make(gateway, { url: receiver.url, events: ["*"], backoffMs: 20 });
  await say(gateway, 10);
  await expect.poll(() => receiver.accepted.size, patience).toBe(50);
  const firsts = [...new Set(orderOf(receiver))];
  expect(firsts).toEqual(firsts.toSorted());
  expect(refused.size).toBeGreaterThan(0);
  expect(receiver.mostAtOnce).toBe(1);
});

test("with a concurrency of 4 four are under way at once, and begin in the order of the events", async () => {
  const gateway = await gatewayWith();
  const receiver = await receiverWith({ react: async (_delivery, response) => void (await wait(20), response.writeHead(204).end()) });
  const { id } = await make(gateway, { url: receiver.url, events: ["*"], concurrency: 4 });
  await say(gateway, 10);
  await expect.poll(() => receiver.accepted.size, patience).toBe(50);
  expect(receiver.mostAtOnce).toBe(4);
  const attempts = (await deliveriesOf(gateway, id)).map(({ eventId, attempts: [first] }) => ({ eventId, at: Date.parse(first!.at) }));
  const inOrder = attempts.toSorted((a, b) => (a.eventId < b.eventId ? -1 : 1)).map(({ at }) => at);
  expect(inOrder).toEqual(inOrder.toSorted((a, b) => a - b));
});

test.each([1, 4])("1,000 deliveries to a fast receiver take seconds (concurrency %i)", async (concurrency) => {
  const gateway = await gatewayWith();
  const receiver = await receiverWith();
  const { id } = await make(gateway, { url: receiver.url, events: ["*"], concurrency });
  await Promise.all(Array.from({ length: 8 }, () => say(gateway, 25)));
  await expect.poll(() => receiver.accepted.size, patience).toBe(1000);
  await expect.poll(async () => (await deliveriesOf(gateway, id)).every(({ status }) => status === "delivered"), patience).toBe(true);
  const began = performance.now();
  expect(await (await gateway.call(`/api/v1/webhooks/${id}/replay`, { json: { status: "delivered" } })).json()).toEqual({ replayed: 1000 });
  await expect.poll(() => receiver.received.length, patience).toBe(2000);
  expect(performance.now() - began).toBeLessThan(10_000);
  expect(receiver.accepted.size).toBe(1000);
});

test("a receiver that was away gets all of it once it is back", async () => {
  const gateway = await gatewayWith();
  const first = await startWebhookReceiver();
  const { port, url } = first;
  const { id } = await make(gateway, { url, backoffMs: 100, maxAttempts: 20 });
  await say(gateway);
  await expect.poll(() => first.accepted.size, patience).toBe(1);
  await first.close();
  await say(gateway, 3);
  await expect.poll(async () => (await deliveriesOf(gateway, id)).filter(({ attempts }) => attempts.at(-1)?.error === "The connection was refused.").length, patience).toBe(3);
  const second = await receiverWith({ port });
  await expect.poll(() => second.accepted.size, patience).toBe(3);
  expect((await deliveriesOf(gateway, id)).map(({ status }) => status)).toEqual(["delivered", "delivered", "delivered", "delivered"]);
});

test("a concurrency that is changed holds from then on", async () => {
  const gateway = await gatewayWith();
  const hanging = await receiverWith({ react: () => {} });
  const { id } = await make(gateway, { url: hanging.url, timeoutMs: 60_000 });
  await say(gateway, 4);
  await expect.poll(() => hanging.received.length, patience).toBe(1);
  await change(gateway, id, { concurrency: 3 });
  await expect.poll(() => hanging.received.length, patience).toBe(3);
  expect(hanging.mostAtOnce).toBe(3);
});

test("an endpoint that hangs does not keep other webhooks waiting, however much it takes", async () => {
  const gateway = await gatewayWith();
  const hanging = await receiverWith({ react: () => {} });
  const receiver = await receiverWith();
  for (let webhook = 0; webhook < 3; webhook++) await make(gateway, { url: hanging.url, events: ["*"], timeoutMs: 60_000, concurrency: 32 });
  await make(gateway, { url: receiver.url, events: ["*"] });
  await say(gateway, 8);
  await expect.poll(() => hanging.received.length, patience).toBeGreaterThanOrEqual(64);
  await say(gateway);
  await expect.poll(() => receiver.accepted.size, patience).toBe(45);
});

test("where an answer does not come in time, the next event has its turn", async () => {
  const gateway = await gatewayWith();
  const hanging = await receiverWith({ react: (_delivery, response, number) => void (number > 2 && response.writeHead(204).end()) });
  const { id } = await make(gateway, { url: hanging.url, timeoutMs: 200, backoffMs: 60_000 });
  await say(gateway, 4);
  await expect.poll(() => hanging.accepted.size, patience).toBe(2);
  expect(orderOf(hanging)).toEqual(orderOf(hanging).toSorted());
  const oldestFirst = (await deliveriesOf(gateway, id)).toReversed();
  expect(oldestFirst.map(({ status, attempts }) => [status, attempts[0]?.error])).toEqual([
    ["pending", "There was no whole answer within 200 ms."],
    ["pending", "There was no whole answer within 200 ms."],
    ["delivered", null],
    ["delivered", null],
  ]);
  // Each began when the one before had had its time.
  const [first, second, third] = oldestFirst.map(({ attempts }) => Date.parse(attempts[0]!.at)) as [number, number, number];
  expect(second - first).toBeGreaterThanOrEqual(190);
  expect(third - second).toBeGreaterThanOrEqual(190);
});

test("open deliveries go to the new address, and wait while the webhook is disabled", async () => {
  const gateway = await gatewayWith();
  const before = await receiverWith({ react: (_delivery, response) => void response.writeHead(500).end() });
  const after = await receiverWith();
  const { id } = await make(gateway, { url: before.url, backoffMs: 200 });
  await say(gateway);
  await expect.poll(() => before.received.length, patience).toBeGreaterThan(0);
  await change(gateway, id, { enabled: false, url: after.url });
  await say(gateway);
  expect(await deliveriesOf(gateway, id)).toMatchObject([{ status: "pending" }]);
  await change(gateway, id, { enabled: true });
  await expect.poll(() => after.received.length, patience).toBe(1);
  expect(after.received[0]?.raw).toBe(before.received[0]?.raw);
});

test("the endpoint may ask for a longer wait", async () => {
  const gateway = await gatewayWith();
  const receiver = await receiverWith({ react: (_delivery, response) => void response.writeHead(429, { "Retry-After": "1800" }).end() });
  const { id } = await make(gateway, { url: receiver.url, backoffMs: 100 });
  await say(gateway);
  await expect.poll(() => deliveriesOf(gateway, id), patience).toMatchObject([{ status: "pending", attempts: [{ status: 429 }] }]);
  const [delivery] = await deliveriesOf(gateway, id);
  expect(Date.parse(delivery!.nextAttemptAt!) - Date.now()).toBeGreaterThan(1_700_000);
});

test("each retry has the same bytes, though the message was deleted meanwhile", async () => {
  const gateway = await gatewayWith();
  let isBack = false;
  const receiver = await receiverWith({ react: (_delivery, response) => void response.writeHead(isBack ? 204 : 503).end() });
  await make(gateway, { url: receiver.url, backoffMs: 100, maxAttempts: 20 });
  await say(gateway);
  await expect.poll(() => receiver.received.length, patience).toBeGreaterThan(0);
  const sessionId = String(receiver.received[0]!.event.data["sessionId"]);
  expect((await gateway.call(`/api/v1/sessions/${sessionId}`, { method: "DELETE" })).status).toBe(204);
  isBack = true;
  await expect.poll(() => receiver.accepted.size, patience).toBe(1);
  expect(new Set(receiver.received.map(({ raw }) => raw)).size).toBe(1);
  expect(receiver.received[0]!.event.data["response"]).toContain("You said: Hello 0");
});

test("while a secret is rotated, `standardwebhooks` verifies with the old and with the new one", async () => {
  const gateway = await gatewayWith();
  const receiver = await receiverWith();
  const { id, secret: old } = await make(gateway, { url: receiver.url });
  const rotate = async (json: object) => (await (await gateway.call(`/api/v1/webhooks/${id}/rotate-secret`, { json })).json()) as BodyOf<"rotateWebhookSecret", 200>;
  const { secret, previousSecretUntil } = await rotate({});
  expect(Date.parse(previousSecretUntil!) - Date.now()).toBeGreaterThan(86_000_000);
  await say(gateway);
  await expect.poll(() => receiver.received.length, patience).toBe(1);
  const [{ raw, headers }] = receiver.received as [WebhookReceiver["received"][number]];
  for (const key of [old, secret]) expect(new Webhook(key).verify(raw, headers as Record<string, string>)).toMatchObject({ event: "message.sent" });
  const last = await rotate({ overlapSeconds: 0 });
  expect(last.previousSecretUntil).toBeNull();
  await say(gateway);
  await expect.poll(() => receiver.received.length, patience).toBe(2);
  const later = receiver.received[1]!;
  expect(() => new Webhook(secret).verify(later.raw, later.headers as Record<string, string>)).toThrow("No matching signature found");
  expect(new Webhook(last.secret).verify(later.raw, later.headers as Record<string, string>)).toBeTruthy();
});

describe("two gateways on one database", () => {
  test("deliver what either writes in the order of the events, and nothing twice", async () => {
    const receiver = await receiverWith();
    const outbound = [{ url: receiver.url, secret: "shared-by-both-of-them", events: ["*"] }];
    const first = await gatewayWith({ settings: { webhooks: { outbound } } });
    const second = await gatewayWith({ settings: { webhooks: { outbound } }, stateDir: first.stateDir });
    await Promise.all([say(first, 20), say(second, 20)]);
    await expect.poll(() => receiver.accepted.size, patience).toBe(200);
    expect(orderOf(receiver)).toEqual([...receiver.accepted].toSorted());
    expect(receiver.mostAtOnce).toBe(1);
  });
});

test("a stop gives back what is under way, and the next start goes on with it at once", async () => {
  let isBack = false;
  const receiver = await receiverWith({ react: (_delivery, response) => void (isBack && response.writeHead(204).end()) });
  const first = await gatewayWith();
  const { id } = await make(first, { url: receiver.url, timeoutMs: 60_000 });
  await say(first);
  await expect.poll(() => receiver.received.length, patience).toBe(1);
  await first.running.stop(0);
  isBack = true;
  const second = await gatewayWith({ stateDir: first.stateDir });
  await expect.poll(() => receiver.accepted.size, patience).toBe(1);
  await expect.poll(() => deliveriesOf(second, id), patience).toMatchObject([{ status: "delivered", attempts: [{ status: 204 }] }]);
});
