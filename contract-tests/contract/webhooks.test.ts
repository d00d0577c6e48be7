import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startWebhookReceiver, type WebhookReceiver } from "../fakes/webhook-receiver.ts";
import type { BodyOf } from "./operations.ts";
import { describeTargets, useServer } from "./targets.ts";

type Webhook = BodyOf<"createWebhook", 201>;

/** Only how long a test waits before it fails. */
const patience = { timeout: 10_000 };

/** Where no delivery gets to: it is private, and not allowed. */
const url = "http://10.0.0.1/openclaw-events";

/** What is no webhook to make, and where it is wrong. */
const wrongWebhooks: [json: object, path: string][] = [
  [{ url }, "/events"],
  [{ events: ["*"] }, "/url"],
  [{ url: "", events: ["*"] }, "/url"],
  [{ url, events: [] }, "/events"],
  [{ url, events: ["message.read"] }, "/events/0"],
  [{ url, events: ["*"], maxAttempts: 0 }, "/maxAttempts"],
  [{ url, events: ["*"], maxAttempts: 21 }, "/maxAttempts"],
  [{ url, events: ["*"], timeoutMs: 60_001 }, "/timeoutMs"],
  [{ url, events: ["*"], backoffMs: -1 }, "/backoffMs"],
  [{ url, events: ["*"], concurrency: 0 }, "/concurrency"],
  [{ url, events: ["*"], concurrency: 33 }, "/concurrency"],
  [{ url, events: ["*"], edition: "plain" }, "/edition"],
  [{ url, events: ["*"], secret: "short" }, "/secret"],
  [{ url, events: ["*"], secret: "with a blank" }, "/secret"],
  [{ url, events: ["*"], previousSecret: "whsec_old_secret" }, "/previousSecret"],
];

/** What only the server can know to be wrong. */
const wrongAddresses = ["hook", "ftp://hooks.example/", "https://ada:lovelace@hooks.example/", "https://hooks.example:25/"];

describeTargets((target) => {
  const make = async (json: object = {}): Promise<Webhook> => (await target.call("createWebhook", { json: { url, events: ["message.sent", "error.agent"], ...json } })).json(201);

  describe("POST /api/v1/webhooks", () => {
    test("201: answers the webhook with its secret, for no cache, and where it is", async () => {
      const answer = await target.call("createWebhook", { json: { url: "https://your-app.example/openclaw-events", events: ["message.sent", "error.agent"] } });
      expect(answer.json(201)).toMatchObject({
        id: expect.stringMatching(/^whk_/),
        source: "stored",
        url: "https://your-app.example/openclaw-events",
        events: ["message.sent", "error.agent"],
        workspace: null,
        enabled: true,
        edition: "workspaces",
        maxAttempts: 8,
        backoffMs: 5000,
        timeoutMs: 5000,
        concurrency: 1,
        lastDelivery: null,
        secret: expect.stringMatching(/^whsec_/),
      });
      expect(answer.headers.get("Location")).toMatch(/^\/api\/v1\//);
      expect(answer.headers.get("Cache-Control")).toBe("no-store");
    });

    test.each(wrongWebhooks)("400: refuses %j", async (json) => {
      (await target.call("createWebhook", { json })).json(400);
    });
  });

  test("200: GET /api/v1/webhooks lists them, without their secrets", async () => {
    await make();
    const answer = await target.call("listWebhooks", { query: { limit: 100 } });
    expect(answer.json(200).webhooks.length).toBeGreaterThan(0);
    expect(answer.text).not.toContain("whsec_");
  });

  test("400: no page that cannot be", async () => {
    for (const id of ["listWebhooks", "listDeadLetters"] as const) {
      for (const query of [{ limit: 0 }, { limit: 101 }]) (await target.call(id, { query })).json(400);
      (await target.call(id, { query: { cursor: "not-a-cursor" }, mock: { status: 400 } })).json(400);
    }
    const { id: webhookId } = await make();
    (await target.call("listDeliveries", { path: { webhookId }, query: { cursor: "not-a-cursor" }, mock: { status: 400 } })).json(400);
    (await target.call("listDeliveries", { path: { webhookId }, query: { status: "lost" } })).json(400);
  });

  test("a webhook is read, changed, given another secret, and deleted", async () => {
    const { id: webhookId } = await make();
    const read = await target.call("getWebhook", { path: { webhookId } });
    expect(read.json(200)).toMatchObject({ events: ["message.sent", "error.agent"], enabled: true });
    expect(read.text).not.toContain("whsec_");
    expect((await target.call("updateWebhook", { path: { webhookId }, json: { url: "https://your-app.example/openclaw-events", concurrency: 1 } })).json(200)).toMatchObject({ url: "https://your-app.example/openclaw-events", concurrency: 1 });
    const rotated = await target.call("rotateWebhookSecret", { path: { webhookId }, json: { overlapSeconds: 3600 } });
    expect(rotated.json(200).secret).toMatch(/^whsec_/);
    expect(rotated.headers.get("Cache-Control")).toBe("no-store");
    expect((await target.call("deleteWebhook", { path: { webhookId } })).status).toBe(204);
  });

  test("200: deliveries and dead letters are listed", async () => {
    const { id: webhookId } = await make();
    expect((await target.call("listDeliveries", { path: { webhookId }, query: { status: "delivered" } })).json(200).deliveries).toBeInstanceOf(Array);
    expect((await target.call("listDeadLetters")).json(200).deadLetters).toBeInstanceOf(Array);
  });

  test("202: a range is sent again", async () => {
    const { id: webhookId } = await make();
    const json = { after: "2026-04-30", until: "2026-04-30T11:00:00Z", status: "delivered" };
    expect((await target.call("replayWebhook", { path: { webhookId }, json })).json(202).replayed).toBeGreaterThanOrEqual(0);
    (await target.call("replayWebhook", { path: { webhookId }, json: { status: "pending" } })).json(400);
    (await target.call("replayWebhook", { path: { webhookId }, json: { after: "yesterday" }, mock: { status: 400 } })).json(400);
  });

  test("400 and 404: an id that is none, and one that nothing has", async () => {
    for (const id of ["getWebhook", "deleteWebhook", "testWebhook", "listDeliveries"] as const) {
      (await target.call(id, { path: { webhookId: "no id" } })).json(400);
      (await target.call(id, { path: { webhookId: "whk_none" }, mock: { status: 404 } })).json(404);
    }
    for (const id of ["updateWebhook", "rotateWebhookSecret", "replayWebhook"] as const) {
      (await target.call(id, { path: { webhookId: "no id" }, json: {} })).json(400);
      (await target.call(id, { path: { webhookId: "whk_none" }, json: {}, mock: { status: 404 } })).json(404);
    }
    (await target.call("replayDelivery", { path: { deliveryId: "no id" } })).json(400);
    (await target.call("replayDelivery", { path: { deliveryId: "dlv_none" }, mock: { status: 404 } })).json(404);
    (await target.call("createWebhook", { json: { url, events: ["*"], workspace: "nowhere" }, mock: { status: 404 } })).json(404);
  });
});

describe("the server", () => {
  const ofSettings = { url: "https://ada:lovelace@app.example/hook?key=dear", secret: "your-webhook-secret", events: ["channel.connected"] };
  const server = useServer({ settings: { webhooks: { outbound: [ofSettings] }, network: { allowPrivate: ["127.0.0.1"] }, workspaces: [{ id: "team", agent: "my-agent" }] } });
  let receiver: WebhookReceiver;
  beforeAll(async () => {
    receiver = await startWebhookReceiver({
      react: ({ path }, response) => {
        const status = Number(/^\/(\d{3})/.exec(path)?.[1] ?? 204);
        response.writeHead(status).end();
      },
    });
  });
  afterAll(() => receiver.close());

  const at = (path: string) => `http://127.0.0.1:${receiver.port}${path}`;
  const make = async (json: object): Promise<Webhook> => (await server.call("createWebhook", { json: { events: ["message.sent"], ...json } })).json(201);
  const deliveries = async (webhookId: string) => (await server.call("listDeliveries", { path: { webhookId } })).json(200).deliveries;
  const receivedAt = (path: string) => receiver.received.filter((one) => one.path === path);
  const say = async (json: object = {}) => (await server.call("sendMessage", { json: { message: "Hello", ...json } })).json(200);

  test.each(wrongAddresses)("400: no webhook at %s", async (wrong) => {
    expect((await server.call("createWebhook", { json: { url: wrong, events: ["*"] } })).json(400).details.errors?.map(({ path }) => path)).toEqual(["/url"]);
    const { id: webhookId } = await make({ url });
    (await server.call("updateWebhook", { path: { webhookId }, json: { url: wrong } })).json(400);
    await server.call("deleteWebhook", { path: { webhookId } });
  });

  test("an event is delivered to the webhooks of its type and workspace, and to no other", async () => {
    const wanting = await make({ url: at("/wanting") });
    const other = [await make({ url: at("/other-type"), events: ["session.ended"] }), await make({ url: at("/other-workspace"), workspace: "team" }), await make({ url: at("/disabled"), enabled: false })];
    await say();
    await expect.poll(() => deliveries(wanting.id), patience).toMatchObject([{ status: "delivered", event: "message.sent", workspace: "default", attempts: [{ status: 204, error: null }], nextAttemptAt: null }]);
    for (const { id } of other) expect(await deliveries(id)).toEqual([]);
    const { events } = (await server.call("listEvents", { query: { types: ["message.sent"], limit: 100 } })).json(200);
    expect(events).toContainEqual(receivedAt("/wanting")[0]?.event);
    expect((await server.call("getWebhook", { path: { webhookId: wanting.id } })).json(200).lastDelivery).toMatchObject({ status: "delivered", event: "message.sent", lastAttempt: { status: 204 } });
  });

  test("what fails for good is a dead letter, and a replay sends the same event again", async () => {
    const { id: webhookId } = await make({ url: at("/500/dead"), maxAttempts: 2, backoffMs: 0 });
    await say();
    await expect.poll(() => deliveries(webhookId), patience).toMatchObject([{ status: "dead", attempts: [{ error: "It answered 500." }, { status: 500 }] }]);
    const { deadLetters } = (await server.call("listDeadLetters")).json(200);
    const dead = deadLetters.find((one) => one.webhookId === webhookId)!;
    (await server.call("updateWebhook", { path: { webhookId }, json: { url: at("/200/again") } })).json(200);
    expect((await server.call("replayDelivery", { path: { deliveryId: dead.id } })).json(202)).toMatchObject({ status: "pending", eventId: dead.eventId });
    await expect.poll(() => deliveries(webhookId), patience).toMatchObject([{ status: "delivered", attempts: [{ status: 500 }, { status: 500 }, { status: 200 }] }]);
    const [again] = receivedAt("/200/again");
    expect([again!.event.id, again!.headers["webhook-id"], again!.headers["x-openclaw-delivery"]]).toEqual([dead.eventId, dead.eventId, dead.id]);
    expect(again!.raw).toBe(receivedAt("/500/dead")[0]!.raw);

    // And what was delivered, as a range.
    expect((await server.call("replayWebhook", { path: { webhookId }, json: { status: "delivered", until: "2020-01-01" } })).json(202)).toEqual({ replayed: 0 });
    expect((await server.call("replayWebhook", { path: { webhookId }, json: { status: "delivered" } })).json(202)).toEqual({ replayed: 1 });
    await expect.poll(() => receivedAt("/200/again").map(({ event }) => event.id), patience).toEqual([dead.eventId, dead.eventId]);
  });

  test("409: no replay of what is pending, nor to a webhook that is disabled", async () => {
    const { id: webhookId } = await make({ url: at("/500/pending"), backoffMs: 3_600_000 });
    await say();
    await expect.poll(() => deliveries(webhookId), patience).toMatchObject([{ status: "pending", attempts: [{ status: 500 }], nextAttemptAt: expect.any(String) }]);
    const deliveryId = (await deliveries(webhookId))[0]!.id;
    (await server.call("replayDelivery", { path: { deliveryId } })).json(409);
    const metrics = await (await server.gateway.call("/api/v1/metrics", { headers: { Accept: "text/plain" } })).text();
    expect(metrics).toMatch(/^openclaw_webhook_deliveries_open [1-9]\d*$/m);
    expect(metrics).toMatch(/^openclaw_webhook_oldest_delivery_age_seconds \d/m);
    (await server.call("updateWebhook", { path: { webhookId }, json: { enabled: false } })).json(200);
    expect((await server.call("replayDelivery", { path: { deliveryId } })).json(409).message).toContain("disabled");
    (await server.call("replayWebhook", { path: { webhookId }, json: {} })).json(409);
  });

  test("410 disables a webhook, until it is enabled again", async () => {
    const { id: webhookId } = await make({ url: at("/410") });
    await say();
    await expect.poll(() => deliveries(webhookId), patience).toMatchObject([{ status: "dead", attempts: [{ status: 410 }] }]);
    const path = { webhookId };
    expect((await server.call("getWebhook", { path })).json(200)).toMatchObject({ enabled: false, disabledReason: "Its endpoint has answered 410: it is gone for good." });
    expect((await server.call("updateWebhook", { path, json: { enabled: true, url: at("/200/back") } })).json(200)).toMatchObject({ enabled: true, disabledReason: null });
    await say();
    await expect.poll(() => receivedAt("/200/back").length, patience).toBe(1);
  });

  test("a test tells what came of it, and is in no log", async () => {
    const { id: webhookId } = await make({ url: at("/test"), enabled: false });
    const path = { webhookId };
    expect((await server.call("testWebhook", { path })).json(200)).toEqual({ delivered: true, status: 204, error: null, durationMs: expect.any(Number) });
    expect(receivedAt("/test")).toMatchObject([{ event: { event: "webhook.test", data: { webhookId, workspace: null } }, headers: { "x-openclaw-event": "webhook.test" } }]);
    (await server.call("updateWebhook", { path, json: { url: at("/302") } })).json(200);
    expect((await server.call("testWebhook", { path })).json(200)).toMatchObject({ delivered: false, status: 302, error: expect.stringContaining("redirects are not followed") });
    expect(await deliveries(webhookId)).toEqual([]);
  });

  test("409: one of the settings is shown without what its address hides, and changed in the settings alone", async () => {
    const { webhooks } = (await server.call("listWebhooks", { query: { limit: 100 } })).json(200);
    const shown = webhooks.find(({ source }) => source === "settings")!;
    expect(shown).toMatchObject({ id: expect.stringMatching(/^hook_/), workspace: null, events: ["channel.connected"], maxAttempts: 4, createdAt: null });
    expect(shown.url).not.toMatch(/lovelace|dear/);
    const path = { webhookId: shown.id };
    (await server.call("updateWebhook", { path, json: { enabled: false } })).json(409);
    (await server.call("rotateWebhookSecret", { path, json: {} })).json(409);
    (await server.call("deleteWebhook", { path })).json(409);
  });

  test("those of the settings change with them, at once, and what was open to one that is gone is dropped", async () => {
    const patch = async (outbound: object[]) => (await server.call("updatePlainSettings", { json: { webhooks: { outbound } } })).json(200);
    const added = { url: at("/500/of-settings"), secret: "a-secret-of-the-settings", events: ["message.sent"], concurrency: 3 };
    expect((await patch([ofSettings, added])).restartRequired).toEqual([]);
    const { webhooks } = (await server.call("listWebhooks", { query: { limit: 100 } })).json(200);
    const { id, concurrency } = webhooks.find((one) => one.url === added.url)!;
    expect(concurrency).toBe(3);
    await say();
    await expect.poll(() => deliveries(id), patience).toMatchObject([{ status: "pending", attempts: [{ status: 500 }] }]);
    await patch([ofSettings]);
    (await server.call("getWebhook", { path: { webhookId: id } })).json(404);
    await patch([ofSettings, added]);
    expect(await deliveries(id)).toEqual([]);
    await patch([ofSettings]);
  });

  test("403 and 404: a key that is bound to workspaces sees and makes those of its own", async () => {
    const { secret: token } = (await server.call("createKey", { json: { label: "Team", workspaces: ["team"], permissions: ["webhooks:read", "webhooks:write"] } })).json(201);
    (await server.call("createWebhook", { json: { url, events: ["*"], workspace: null }, token })).json(403);
    (await server.call("createWebhook", { json: { url, events: ["*"], workspace: "default" }, token })).json(404);
    const own = (await server.call("createWebhook", { json: { url, events: ["*"] }, token })).json(201);
    expect(own.workspace).toBe("team");
    const foreign = [await make({ url }), await make({ url, workspace: "default" })];
    const { webhooks } = (await server.call("listWebhooks", { query: { limit: 100 }, token })).json(200);
    expect(new Set(webhooks.map(({ workspace }) => workspace))).toEqual(new Set(["team"]));
    for (const { id: webhookId } of foreign) (await server.call("getWebhook", { path: { webhookId }, token })).json(404);
    const { deadLetters } = (await server.call("listDeadLetters", { token })).json(200);
    expect(deadLetters).toEqual([]);
    const deliveryId = (await server.call("listDeadLetters")).json(200).deadLetters[0]!.id;
    (await server.call("replayDelivery", { path: { deliveryId }, token })).json(404);
  });

  test("webhooks and deliveries go with their workspace", async () => {
    const workspaceId = "passing";
    (await server.call("createWorkspace", { json: { id: workspaceId } })).json(201);
    const own = await make({ url, workspace: workspaceId });
    const all = await make({ url: at("/500/passing"), backoffMs: 3_600_000, events: ["message.sent"] });
    await say({ workspace: workspaceId });
    await expect.poll(() => deliveries(all.id), patience).toMatchObject([{ workspace: workspaceId }]);
    expect((await server.call("deleteWorkspace", { path: { workspaceId }, query: { force: "true" } })).status).toBe(204);
    expect(await deliveries(all.id)).toEqual([]);
    (await server.call("getWebhook", { path: { webhookId: own.id } })).json(404);
  });

  test("a webhook that is deleted takes its deliveries along", async () => {
    const { id: webhookId } = await make({ url: at("/500/deleted"), maxAttempts: 1 });
    await say();
    await expect.poll(() => deliveries(webhookId), patience).toMatchObject([{ status: "dead" }]);
    const deliveryId = (await deliveries(webhookId))[0]!.id;
    expect((await server.call("deleteWebhook", { path: { webhookId } })).status).toBe(204);
    (await server.call("replayDelivery", { path: { deliveryId } })).json(404);
  });

  test("the secret is shown once: a repeated request with an `Idempotency-Key` does not get it again", async () => {
    const request = { json: { url, events: ["*"] }, headers: { "Idempotency-Key": "webhook-once" } };
    const { id, secret } = (await server.call("createWebhook", request)).json(201);
    const again = await server.call("createWebhook", request);
    expect(again.text).not.toContain(secret);
    expect(again.status).toBe(409);
    expect(again.text).toContain(id);
  });
});
