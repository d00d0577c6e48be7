import { setTimeout } from "node:timers/promises";
import type { Update } from "grammy/types";
import type { Logger } from "pino";
import type { TelegramSettings } from "../../settings/settings.ts";
import { ConnectorError, type Connector, type ConnectorEvents, type ConnectorStatus, type WebhookConnector } from "../port.ts";
import { createBotApi } from "./bot-api.ts";
import { createConnection, type ConnectionOptions } from "./connection.ts";
import { readMessage } from "./inbound.ts";
import { createOutbound } from "./outbound.ts";
import { createWebhook } from "./webhook.ts";

export interface TelegramOptions {
  settings: TelegramSettings;
  events: ConnectorEvents;
  log: Logger;
  now?: () => number;
  /** Between attempts, and between looks at the webhook. */
  wait?: ConnectionOptions["wait"];
  /** For any call but the one for updates, which takes up to `pollSeconds` of it. Default 30 s. */
  callTimeoutMs?: number;
  /** How long Telegram keeps a question for updates open. Default 25 s. */
  pollSeconds?: number;
}

/** Telegram, by a bot (https://core.telegram.org/bots/api): polled, or calling the gateway when the settings have a webhook. */
export function createTelegram({ settings, events, log, now = Date.now, wait = sleep, callTimeoutMs = 30_000, pollSeconds = 25 }: TelegramOptions): Connector & Required<WebhookConnector> {
  const { webhook } = settings;
  const api = createBotApi({ ...settings, callTimeoutMs });
  const outbound = createOutbound(api);
  const connection = createConnection({ api, webhook, take, setStatus, wait, pollSeconds, now, log });
  const callbacks = createWebhook({ secret: webhook?.secret ?? null, isReady: () => running !== null && connection.me !== null, take: (update) => track(take(update)) });
  const underWay = new Set<Promise<unknown>>();
  const ignored = new Set<string>();
  let status: ConnectorStatus = { state: "connecting", since: now(), error: null };
  let running: AbortController | null = null;
  let ended: Promise<void> = Promise.resolve();

  async function take(update: Update): Promise<void> {
    const { message, ...others } = update;
    if (!message) return ignore(Object.keys(others).find((name) => name !== "update_id") ?? "nothing");
    let read;
    try {
      read = connection.me && readMessage(message, connection.me);
    } catch (err) {
      // It would come again for ever, and hold up all that is behind it.
      log.error({ channel: "telegram", updateId: update.update_id, err }, "a message cannot be read and is left out");
      return;
    }
    if (read) await events.received(read);
  }

  function ignore(type: string): void {
    if (ignored.has(type)) return;
    ignored.add(type);
    log.debug({ channel: "telegram", type }, "updates of this type are ignored");
  }

  function setStatus(state: ConnectorStatus["state"], error: string | null): void {
    if (state === status.state && error === status.error) return;
    status = { state, since: state === status.state ? status.since : now(), error };
    if (error === null) log.info({ channel: "telegram", state }, "a channel's state is another");
    else log.warn({ channel: "telegram", state, reason: error }, "a channel is not connected");
    events.changed(status);
  }

  async function track<T>(work: Promise<T>): Promise<T> {
    underWay.add(work);
    try {
      return await work;
    } finally {
      underWay.delete(work);
    }
  }

  function ready(signal?: AbortSignal): AbortSignal {
    if (!running) throw new ConnectorError("unavailable", "The channel telegram is stopped.");
    if (signal?.aborted) throw new ConnectorError("unavailable", "It was called off before it was sent.");
    return signal ?? never;
  }

  return {
    channel: "telegram",
    maxTextLength: 4096,
    // Groups may get 20 messages a minute, edits included.
    editIntervalMs: 3000,
    typingIntervalMs: 5000,
    start() {
      if (running) return;
      const { signal } = (running = new AbortController());
      setStatus("connecting", null);
      ended = ended.then(() => connection.run(signal));
    },
    async stop() {
      if (!running) return ended;
      running.abort();
      running = null;
      await Promise.allSettled([ended, ...underWay]);
      if (!running) setStatus("disconnected", null);
    },
    status: () => status,
    send: async (chatId, message, signal) => track(outbound.send(chatId, message, ready(signal))),
    edit: async (chatId, messageId, message, signal) => track(outbound.edit(chatId, messageId, message, ready(signal))),
    async showTyping(chatId) {
      if (running) await outbound.showTyping(chatId, running.signal).catch(() => {});
    },
    ...callbacks,
  };
}

const never = new AbortController().signal;

const sleep: ConnectionOptions["wait"] = (delayMs, signal) => setTimeout(delayMs, undefined, { signal, ref: false });
