import crypto from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { startWebhookReceiver } from "../../fakes/webhook-receiver.ts";
import { startTestGateway } from "../../harness/gateway.ts";

/** The document's verifier, "Verifying Webhook Signatures". */
function verifyWebhook(rawBody: Buffer, signature: unknown, secret: string): boolean {
  const expected = crypto.createHmac("sha256", secret).update(rawBody).digest("hex");
  return `sha256=${expected}` === signature;
}

test("the document's settings and verifier", async () => {
  const receiver = await startWebhookReceiver();
  onTestFinished(() => receiver.close());
  const outbound = [{ url: receiver.url, secret: "${WEBHOOK_SECRET}", events: ["message.received", "message.sent", "session.started", "session.ended", "error.agent", "channel.disconnected"], retries: 3, timeoutMs: 5000 }];
  const secret = "whsec_of+the/document=";
  const gateway = await startTestGateway({ settings: { webhooks: { outbound }, network: { allowPrivate: ["127.0.0.1"] } }, env: { WEBHOOK_SECRET: secret } });
  onTestFinished(() => gateway.close());
  expect((await gateway.call("/api/v1/messages", { json: { message: "Grüße 👋", userId: "telegram:123456789" } })).status).toBe(200);
  await expect.poll(() => receiver.received.map(({ event }) => event.event).sort(), { timeout: 10_000 }).toEqual(["message.received", "message.sent", "session.started"]);
  for (const { raw, headers } of receiver.received) {
    expect(verifyWebhook(Buffer.from(raw), headers["x-openclaw-signature"], secret)).toBe(true);
    expect(verifyWebhook(Buffer.from(`${raw} `), headers["x-openclaw-signature"], secret)).toBe(false);
  }
  const sent = receiver.received.find(({ event }) => event.event === "message.sent")!.event;
  expect(sent).toMatchObject({ timestamp: expect.any(String), data: { messageId: expect.any(String), workspace: "default", userId: "telegram:123456789", channel: "api", response: expect.any(String), tokensUsed: expect.any(Number), latencyMs: expect.any(Number) } });
  expect(sent).not.toHaveProperty("signature");
});
