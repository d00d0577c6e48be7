import type { Update } from "grammy/types";
import type { Logger } from "pino";
import { createBackoff, longestMs, type Backoff } from "../../backoff.ts";
import type { TelegramSettings } from "../../settings/settings.ts";
import type { ConnectorStatus } from "../port.ts";
import { signalFor, type BotApi } from "./bot-api.ts";
import { readFailure } from "./failure.ts";
import { chatOf, type Me } from "./inbound.ts";

export interface ConnectionOptions {
  api: BotApi;
  webhook: TelegramSettings["webhook"];
  /** Takes what has come in by polling; rejects when it has to come again. */
  take(update: Update): Promise<void>;
  setStatus(state: ConnectorStatus["state"], error: string | null): void;
  /** Resolves after a time; rejects when the signal says so. */
  wait(delayMs: number, signal: AbortSignal): Promise<unknown>;
  /** How long Telegram keeps a question open that it has no answer to. */
  pollSeconds: number;
  now(): number;
  log: Logger;
}

/** What is told to the gateway: Telegram is not even asked for the rest. */
const allowedUpdates = ["message"] as const;

/** Between two looks at whether Telegram still calls this gateway. */
const checkMs = 300_000;

/** The way in: asks Telegram for updates, or has it call; and again when that fails, until the signal. */
export function createConnection({ api, webhook, take, setStatus, wait, pollSeconds, now, log }: ConnectionOptions): { readonly me: Me | null; run(signal: AbortSignal): Promise<void> } {
  const backoff = createBackoff();
  let me: Me | null = null;
  /** Telegram forgets what is below it. */
  let offset = 0;
  let isContested = false;

  async function connect(signal: AbortSignal): Promise<void> {
    me = await api.getMe(signalFor(signal));
    if (webhook) {
      await api.setWebhook(webhook.url, { secret_token: webhook.secret, allowed_updates: allowedUpdates }, signalFor(signal));
      return;
    }
    const { url = "" } = await api.getWebhookInfo(signalFor(signal));
    if (url !== "") await api.deleteWebhook({}, signalFor(signal));
  }

  async function poll(signal: AbortSignal): Promise<never> {
    const storing = createBackoff();
    // Who has polled against another program is not connected before one whole question went through.
    let timeout = isContested ? pollSeconds : 0;
    for (;;) {
      const updates = await api.getUpdates({ offset, timeout, allowed_updates: allowedUpdates }, signalFor(signal));
      isContested = false;
      timeout = pollSeconds;
      backoff.reset();
      setStatus("connected", null);
      await takeAll(updates, storing, signal);
    }
  }

  /** Chats side by side, each in its order; what could not be taken is asked for again, with all behind it. */
  async function takeAll(updates: readonly Update[], storing: Backoff, signal: AbortSignal): Promise<void> {
    let lost: { updateId: number; error: unknown } | undefined;
    const ofChat = async (chat: readonly Update[]) => {
      for (const update of chat) {
        try {
          signal.throwIfAborted();
          await take(update);
        } catch (error) {
          if (!lost || update.update_id < lost.updateId) lost = { updateId: update.update_id, error };
          return;
        }
      }
    };
    await Promise.all([...Map.groupBy(updates, chatOf).values()].map(ofChat));
    signal.throwIfAborted();
    // After a week of silence Telegram numbers anew, maybe lower: an offset that has done its work must not outlive it.
    offset = lost?.updateId ?? (updates.at(-1)?.update_id ?? -1) + 1;
    if (!lost) return storing.reset();
    const retryInMs = storing.nextMs();
    log.warn({ channel: "telegram", err: lost.error, retryInMs }, "a message could not be stored; it will be asked for again");
    await wait(retryInMs, signal);
  }

  /** Ends when Telegram calls somebody else. Says once why it could not call, if it could not. */
  async function watch(url: string, signal: AbortSignal): Promise<void> {
    let told = now();
    for (;;) {
      setStatus("connected", null);
      backoff.reset();
      await wait(checkMs, signal);
      const info = await api.getWebhookInfo(signalFor(signal));
      if (info.url !== url) {
        log.warn({ channel: "telegram" }, "the webhook was taken away from this gateway, and is set again");
        return;
      }
      const failedAt = (info.last_error_date ?? 0) * 1000;
      if (failedAt <= told) continue;
      told = now();
      log.warn({ channel: "telegram", reason: info.last_error_message }, "Telegram could not call the webhook");
    }
  }

  /** Says why there is no connection, and answers how long to wait for the next attempt. */
  function failed(error: unknown): number {
    const { status, reason, retryAfterMs } = readFailure(error);
    isContested = status === 409;
    const isFinal = status !== null && status < 500 && status !== 429;
    const cause = isContested ? `Another program receives this bot's messages: ${reason}` : status === 400 ? `Telegram refused the settings: ${reason}` : reason;
    setStatus(isFinal ? "disconnected" : "connecting", cause);
    return isFinal ? longestMs : (retryAfterMs ?? backoff.nextMs());
  }

  return {
    get me() {
      return me;
    },
    async run(signal) {
      while (!signal.aborted) {
        try {
          await connect(signal);
          await (webhook ? watch(webhook.url, signal) : poll(signal));
        } catch (error) {
          if (signal.aborted) return;
          await wait(failed(error), signal).catch(() => {});
        }
      }
    },
  };
}
