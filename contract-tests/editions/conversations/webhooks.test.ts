import { createHmac } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { startWebhookReceiver } from "../../fakes/webhook-receiver.ts";
import { startTestGateway } from "../../harness/gateway.ts";
import { lacksPython } from "../support/programs.ts";
import { python } from "../support/python.ts";

const secret = "your-webhook-secret";

/** One delivery, of a message with all that JSON and UTF-8 have to offer. */
async function delivered() {
  const receiver = await startWebhookReceiver();
  onTestFinished(() => receiver.close());
  const outgoing = [{ url: receiver.url, secret, events: ["message.received"], retry: { maxAttempts: 3, backoffMs: 5000 } }];
  const gateway = await startTestGateway({ settings: { api: { webhooks: { outgoing } }, network: { allowPrivate: ["127.0.0.1"] } } });
  onTestFinished(() => gateway.close());
  const message = 'Grüße 👋 ,"signature":"sha256=no"} \\ \n \u2028';
  expect((await gateway.call("/api/v1/chat", { json: { message, conversationId: null } })).status).toBe(200);
  await expect.poll(() => receiver.received.length, { timeout: 10_000 }).toBe(1);
  const [delivery] = receiver.received;
  expect(delivery!.event).toMatchObject({ event: "message.received", data: { content: message, conversationId: expect.any(String), channel: "api" }, signature: expect.stringMatching(/^sha256=/) });
  expect(new Date(delivery!.event.timestamp).getTime()).toBeGreaterThan(Date.now() - 60_000);
  return delivery!;
}

test.skipIf(lacksPython)("the document's verifier in Python accepts both signatures, and no other body", async () => {
  const { raw, headers } = await delivered();
  expect(await python(new URL("verify_webhook.py", import.meta.url), raw, String(headers["x-openclaw-signature"]), secret)).toEqual([true, true, false]);
});

test("the signature in the body is that of the body's bytes without it", async () => {
  const { raw, event } = await delivered();
  const payload = raw.replace(/,"signature":"[^"]*"}$/, "}");
  expect(payload.length).toBe(raw.length - ',"signature":""'.length - event.signature!.length);
  expect(event.signature).toBe(`sha256=${createHmac("sha256", secret).update(payload).digest("hex")}`);
});
