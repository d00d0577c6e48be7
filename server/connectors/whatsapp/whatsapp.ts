import type { Logger } from "pino";
import { createBackoff } from "../../backoff.ts";
import { GatewayError } from "../../errors.ts";
import { ConnectorError, type Connector, type ConnectorEvents, type ConnectorStatus, type InboundMessage, type WebhookConnector } from "../port.ts";
import { readCallback } from "./callback.ts";
import { formatForWhatsapp } from "./format.ts";
import { reasonOf, TokenRefused } from "./graph-errors.ts";
import { createGraph, type Graph, type WhatsappSettings } from "./graph.ts";
import { isSigned } from "./signature.ts";

export interface WhatsappOptions {
  settings: WhatsappSettings;
  events: ConnectorEvents;
  log: Logger;
  now?: () => number;
  random?: () => number;
  /** Calls back after a time; answers what takes that back. */
  schedule?: (callback: () => void, delayMs: number) => () => void;
  /** For one call of the platform. */
  timeoutMs?: number;
}

const maxTextLength = 4096;
/** How often the token is tried while all is well. */
const checkIntervalMs = 300_000;
/** How often once it was refused: only people can change that. */
const refusedIntervalMs = 60_000;
/** Strangers who try signatures get one line in the log an hour. */
const complaintIntervalMs = 3_600_000;

/**
 * WhatsApp by Meta's Cloud API: messages come in by its webhook, and go out by the Graph API. There is no connection; it counts as
 * connected while the access token works.
 */
export function createWhatsapp({ settings, events, log, now = Date.now, random, schedule = later, timeoutMs = 30_000 }: WhatsappOptions): Connector & WebhookConnector {
  const backoff = createBackoff(random);
  const passedOver = new Set<string>();
  /** The end of what is being stored, for each chat. */
  const tails = new Map<string, Promise<void>>();
  let graph: Graph | null = null;
  let cancelCheck = () => {};
  let complainedAt = Number.NEGATIVE_INFINITY;
  let status: ConnectorStatus = { state: "disconnected", since: now(), error: null };

  function become(state: ConnectorStatus["state"], error: string | null): void {
    if (status.state === state && status.error === error) return;
    status = { state, since: status.state === state ? status.since : now(), error };
    if (state === "connected") log.info({ channel: "whatsapp" }, "a channel is connected");
    else if (error !== null) log.warn({ channel: "whatsapp", state, reason: error }, "a channel is not connected");
    events.changed(status);
  }

  async function check(current: Graph): Promise<void> {
    let nextMs = checkIntervalMs;
    try {
      await current.verifiedName();
      if (graph !== current) return;
      backoff.reset();
      become("connected", null);
    } catch (error) {
      if (graph !== current) return;
      const isRefused = error instanceof TokenRefused || (error instanceof ConnectorError && error.kind === "refused");
      become(isRefused ? "disconnected" : "connecting", (error as Error).message);
      nextMs = isRefused ? refusedIntervalMs : backoff.nextMs();
    }
    checkIn(current, nextMs);
  }

  function checkIn(current: Graph, delayMs: number): void {
    cancelCheck();
    cancelCheck = schedule(() => void check(current), delayMs);
  }

  async function post(message: object, signal?: AbortSignal): Promise<string | undefined> {
    const current = graph;
    if (!current) throw new ConnectorError("unavailable", "The channel whatsapp is stopped.");
    try {
      return await current.post(message, signal);
    } catch (error) {
      if (error instanceof TokenRefused && graph === current) {
        become("disconnected", error.message);
        checkIn(current, refusedIntervalMs);
      }
      throw error;
    }
  }

  /** One after another within a chat, across callbacks; what comes behind one that could not be stored waits for the platform, too. */
  function store(chatId: string, messages: readonly InboundMessage[]): Promise<void> {
    const stored = (tails.get(chatId) ?? Promise.resolve()).then(async () => {
      for (const message of messages) await events.received(message);
    });
    const tail = stored
      .catch(() => {})
      .then(() => {
        if (tails.get(chatId) === tail) tails.delete(chatId);
      });
    tails.set(chatId, tail);
    return stored;
  }

  function checkSignature(bytes: Buffer, header: unknown): void {
    if (isSigned(bytes, header, settings.appSecret)) return;
    if (now() - complainedAt >= complaintIntervalMs) {
      complainedAt = now();
      log.warn({ channel: "whatsapp" }, "a call of WhatsApp's webhook has no right signature: is `channels.whatsapp.appSecret` the app's?");
    }
    throw new GatewayError("unauthorized", "`X-Hub-Signature-256` is missing, or not made of this body with the app's secret.");
  }

  return {
    channel: "whatsapp",
    maxTextLength,
    editIntervalMs: null,
    typingIntervalMs: 25_000,
    start() {
      if (graph) return;
      graph = createGraph({ settings, timeoutMs });
      become("connecting", null);
      void check(graph);
    },
    async stop() {
      const current = graph;
      graph = null;
      cancelCheck();
      if (current) become("disconnected", null);
      await Promise.all([current?.close(), ...tails.values()]);
    },
    status: () => status,
    async send(chatId, { text, format, replyTo }, signal) {
      const formatted = format === "markdown" ? formatForWhatsapp(text) : text;
      // Formats may make a text longer, or leave nothing of it.
      const body = formatted === "" || formatted.length > maxTextLength ? text : formatted;
      const context = replyTo === undefined ? {} : { context: { message_id: replyTo } };
      const messageId = await post({ recipient_type: "individual", ...recipient(chatId), ...context, type: "text", text: { preview_url: false, body } }, signal);
      if (messageId === undefined) throw new ConnectorError("unknown", "WhatsApp took the message and gave no receipt.");
      return { messageId };
    },
    async showTyping(_chatId, messageId) {
      await post({ status: "read", message_id: messageId, typing_indicator: { type: "text" } }).catch((err: unknown) => log.debug({ channel: "whatsapp", err }, "a typing sign was not shown"));
    },
    async takeCallback({ headers, rawBody, body }) {
      checkSignature(rawBody, headers["x-hub-signature-256"]);
      if (!graph) throw again("The channel whatsapp is stopped.");
      const { messages, failures, passedOver: kinds } = readCallback(body, settings.phoneNumberId);
      for (const { messageId, error } of failures) log.warn({ channel: "whatsapp", messageId, reason: reasonOf(error) ?? "no reason given" }, "a message was not delivered");
      for (const kind of kinds) {
        if (passedOver.has(kind)) continue;
        passedOver.add(kind);
        log.debug({ channel: "whatsapp", kind }, "a kind of message that is passed over");
      }
      const chats = [...Map.groupBy(messages, ({ chatId }) => chatId)];
      const outcomes = await Promise.allSettled(chats.map(([chatId, said]) => store(chatId, said)));
      const failed = outcomes.find((outcome) => outcome.status === "rejected");
      if (failed) throw again("The message could not be stored. Please deliver it again.", failed.reason);
    },
  };
}

/** People who hide their number are known by an id such as `US.13491208655302741918`. */
function recipient(chatId: string): { to: string } | { recipient: string } {
  return /^[A-Z]{2}\./.test(chatId) ? { recipient: chatId } : { to: chatId };
}

const again = (message: string, cause?: unknown) => new GatewayError("service_unavailable", message, { retryAfterSeconds: 5, cause });

/** Keeps no process alive. */
function later(callback: () => void, delayMs: number): () => void {
  const timer = setTimeout(callback, delayMs).unref();
  return () => clearTimeout(timer);
}
