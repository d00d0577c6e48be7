import { createHmac } from "node:crypto";
import type { Webhook } from "./webhook.ts";

/** What is sent with one attempt. */
export interface SignedRequest {
  body: string;
  headers: Record<string, string>;
}

export interface Signing {
  webhook: Pick<Webhook, "edition" | "secret" | "previousSecret" | "previousUntil">;
  deliveryId: string;
  eventId: string;
  eventType: string;
  /** The event as JSON. */
  event: string;
  /** When the attempt is made, in epoch milliseconds. */
  at: number;
  /** Of the gateway. */
  version: string;
}

/**
 * Signs an attempt in every documented way, over the bytes that are sent:
 *
 * - `X-OpenClaw-Signature`: HMAC-SHA256 of the body, in hex. The key is the secret's text, as the documents' verifiers take it.
 * - `webhook-signature`: as Standard Webhooks 1.0.0 has it, over id, time and body, in base64. The key is what stands in base64 behind
 *   `whsec_`, else the secret's text. While a secret is rotated there are two signatures, the new one's first.
 * - `signature`, the last member of the conversations edition's body: the HMAC of the body without that member.
 */
export function signedRequest({ webhook, deliveryId, eventId, eventType, event, at, version }: Signing): SignedRequest {
  const { edition, secret, previousSecret, previousUntil } = webhook;
  const body = edition === "conversations" ? `${event.slice(0, -1)},"signature":"${hexSignature(secret, event)}"}` : event;
  const seconds = String(Math.floor(at / 1000));
  const secrets = previousSecret !== null && previousUntil !== null && at < previousUntil ? [secret, previousSecret] : [secret];
  return {
    body,
    headers: {
      "content-type": "application/json",
      "user-agent": `OpenClaw/${version}`,
      "x-openclaw-signature": hexSignature(secret, body),
      "x-openclaw-event": eventType,
      "x-openclaw-delivery": deliveryId,
      "webhook-id": eventId,
      "webhook-timestamp": seconds,
      "webhook-signature": secrets.map((key) => `v1,${createHmac("sha256", standardKey(key)).update(`${eventId}.${seconds}.${body}`).digest("base64")}`).join(" "),
    },
  };
}

function hexSignature(secret: string, text: string): string {
  return `sha256=${createHmac("sha256", secret).update(text).digest("hex")}`;
}

const standardPrefix = "whsec_";

function standardKey(secret: string): Buffer {
  return secret.startsWith(standardPrefix) ? Buffer.from(secret.slice(standardPrefix.length), "base64") : Buffer.from(secret);
}
