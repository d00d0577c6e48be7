import { createHash, timingSafeEqual } from "node:crypto";
import type { Update } from "grammy/types";
import { GatewayError } from "../../errors.ts";
import { chatOf } from "./inbound.ts";
import type { PlatformCallback, WebhookConnector } from "../port.ts";

export interface WebhookOptions {
  /** Null when Telegram is polled. */
  secret: string | null;
  /** Whether it is running, and known who the bot is. */
  isReady(): boolean;
  /** Takes what has come in; rejects when it has to come again. */
  take(update: Update): Promise<void>;
}

/** What Telegram tells by calling, one request an update. Of one chat, each waits for the one before. */
export function createWebhook({ secret, isReady, take }: WebhookOptions): Required<WebhookConnector> {
  const expected = secret === null ? null : digest(secret);
  const lastOf = new Map<number | undefined, Promise<void>>();

  function admit(headers: PlatformCallback["headers"]): void {
    if (!expected) throw new GatewayError("not_found", "Telegram does not call this gateway: its settings have no `channels.telegram.webhook`.");
    const sent = headers["x-telegram-bot-api-secret-token"];
    // Digests, since only texts of one length can be compared in constant time.
    if (typeof sent !== "string" || !timingSafeEqual(digest(sent), expected)) throw new GatewayError("unauthorized", "This is for Telegram alone: send the secret of the settings as `X-Telegram-Bot-Api-Secret-Token`.");
  }

  return {
    admit,
    async takeCallback({ headers, body }) {
      admit(headers);
      if (!isReady()) throw new GatewayError("service_unavailable", "The channel is not ready. Send the update again.", { retryAfterSeconds: 5 });
      const update = body as Update;
      const chat = chatOf(update);
      const before = lastOf.get(chat);
      const taken = before ? before.then(() => take(update)) : take(update);
      const settled = taken.catch(() => {});
      lastOf.set(chat, settled);
      try {
        await taken;
      } catch (cause) {
        throw new GatewayError("service_unavailable", "The message could not be stored. Send the update again.", { retryAfterSeconds: 5, cause });
      } finally {
        if (lastOf.get(chat) === settled) lastOf.delete(chat);
      }
    },
  };
}

const digest = (text: string) => createHash("sha256").update(text).digest();
