import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { recordPair } from "../coverage/recorder.ts";
import { callbackOf, textMessage } from "../fakes/whatsapp/callbacks.ts";
import { startFakeWhatsapp, type FakeWhatsapp } from "../fakes/whatsapp/whatsapp.ts";
import { startWebhookServer, type WebhookServer } from "../harness/webhook-server.ts";
import { exampleRequest } from "./example-request.ts";
import { errorOf, expectNothingInternal } from "./error-of.ts";
import { describeTargets, useServer } from "./targets.ts";

// What Meta calls (https://developers.facebook.com/docs/graph-api/webhooks): the handshake, and what people write.

describeTargets((target) => {
  test("404: while the channel is not configured", async () => {
    for (const id of ["verifyWhatsappWebhook", "receiveWhatsappCallback"] as const) (await target.call(id, { ...exampleRequest(id), token: null, mock: { status: 404 } })).json(404);
  });
});

describe("with the channel", () => {
  let meta: FakeWhatsapp;
  let server: WebhookServer;
  beforeEach(async () => {
    meta = await startFakeWhatsapp();
    server = await startWebhookServer(meta.settings);
    await meta.subscribe(server.webhookUrl);
  });
  afterEach(async () => {
    await server.close();
    await meta.close();
  });
  const body = () => callbackOf(meta.settings.phoneNumberId, [textMessage({ from: "16505551234", text: "Grüße 😀" })]);

  describe("the handshake", () => {
    const query = (more: object) => ({ "hub.mode": "subscribe", "hub.verify_token": meta.settings.verifyToken, "hub.challenge": "<b>1158201444</b>", ...more });

    test("200: the challenge, as a text and nothing else", async () => {
      const answer = await server.call("verifyWhatsappWebhook", { query: query({}) });
      expect([answer.status, answer.text, answer.headers.get("Content-Type"), answer.headers.get("X-Content-Type-Options")]).toEqual([200, "<b>1158201444</b>", "text/plain; charset=utf-8", "nosniff"]);
    });

    test.each([{ "hub.verify_token": "another word" }, { "hub.verify_token": "" }, { "hub.mode": "unsubscribe" }])("403: %j", async (more) => {
      const { message } = (await server.call("verifyWhatsappWebhook", { query: query(more) })).json(403);
      expect(message).not.toContain(meta.settings.verifyToken);
    });
  });

  test("200: a message, once it is stored; the signature is over the bytes as they were sent", async () => {
    const { statuses, id } = await meta.receive({ from: "16505551234", name: "Sheena", text: "Grüße 😀" });
    expect(statuses).toEqual([200]);
    // Meta has called, not the harness.
    recordPair("receiveWhatsappCallback", 200);
    expect(server.received).toMatchObject([{ id, text: "Grüße 😀", userName: "Sheena" }]);
  });

  test("200: what nobody knows, and nothing comes of it", async () => {
    for (const unknown of [{}, { object: "page", entry: [] }, { entry: [{ changes: [{ field: "hologram", value: 7 }] }] }]) expect((await meta.deliver(unknown)).status).toBe(200);
    expect(server.received).toEqual([]);
  });

  test("503: a message that cannot be stored, until it can", async () => {
    server.breakStore(2);
    const { statuses, id } = await meta.receive({ from: "16505551234", text: "Hello" });
    expect(statuses).toEqual([503, 503, 200]);
    expect(server.received.map((message) => message.id)).toEqual([id]);
  });

  test("503: says when to come back, and nothing of what is broken", async () => {
    server.breakStore(1);
    const answer = await server.read("receiveWhatsappCallback", await meta.deliver(body()));
    expect(answer.json(503)).toMatchObject({ error: "service_unavailable", retryAfter: 5 });
    expect(answer.text).not.toContain("disk");
  });

  test.each(["wrong", "none"] as const)("401: the signature is %s", async (signing) => {
    (await server.read("receiveWhatsappCallback", await meta.deliver(body(), signing))).json(401);
    expect(server.received).toEqual([]);
  });

  test("401: the owner's key is no signature", async () => {
    (await server.call("receiveWhatsappCallback", { json: body(), token: "oc_tok_owner" })).json(401);
  });

  test("500: what breaks behind the handler", async () => {
    server.breakConnector();
    (await server.read("receiveWhatsappCallback", await meta.deliver(body()))).json(500);
    const { text } = await server.call("verifyWhatsappWebhook", exampleRequest("verifyWhatsappWebhook"));
    expect(errorOf(JSON.parse(text)).code).toBe("internal_error");
    expectNothingInternal(text);
  });

  test("leaves nothing in the audit log, nor of an `Idempotency-Key`", async () => {
    const { headers, rawBody } = meta.callback(body());
    for (let count = 0; count < 2; count++) {
      const response = await fetch(server.webhookUrl, { method: "POST", headers: { ...(headers as Record<string, string>), "Idempotency-Key": "key-1" }, body: new Uint8Array(rawBody) });
      expect([response.status, response.headers.get("Idempotency-Replayed")]).toEqual([200, null]);
    }
    // Twice, since it is for the channels to know a message that they have.
    expect(server.received).toHaveLength(2);
    expect(server.audited).toEqual([]);
  });
});

describe("a server without the channel", () => {
  const server = useServer();

  test("400: a handshake that is none, naming what is missing", async () => {
    const { details } = errorOf((await server.call("verifyWhatsappWebhook", { token: null })).json(400));
    expect(details.errors?.map(({ path }) => path)).toEqual(["/query/hub.mode", "/query/hub.verify_token", "/query/hub.challenge"]);
  });

  test("404: does not say whether a signature would be right", async () => {
    const { message } = (await server.call("receiveWhatsappCallback", { json: {}, headers: { "X-Hub-Signature-256": `sha256=${"0".repeat(64)}` }, token: null })).json(404);
    expect(message).toBe("The channel whatsapp is not configured, or off.");
  });
});
