import type { Update } from "grammy/types";
import { startUpstreamServer, type Exchange } from "../upstream-server.ts";
import { refusal, type Answer } from "./answer.ts";
import { createInbox } from "./inbox.ts";
import { readHtml } from "./read-html.ts";
import { bot, updateOf, type Writing } from "./updates.ts";

/** A message as the bot sent it, and as it stands after its last edit. */
export interface SentByBot {
  messageId: string;
  chatId: string;
  threadId: number | undefined;
  /** What people see, without the formatting. */
  text: string;
  /** As it came. */
  source: string;
  parseMode: string | undefined;
  replyTo: number | undefined;
  edits: number;
  payload: Readonly<Record<string, unknown>>;
}

/**
 * What happens to a call: an error as Telegram answers it; `drop`, the connection is cut before anything is done; `lose`, it is
 * done, and the answer is lost; `hang`, nothing ever comes back; `garbage`, a proxy answers with a page.
 */
export type Failure = "drop" | "lose" | "hang" | "garbage" | { status: number; description: string; parameters?: Record<string, unknown> };

/** Telegram's Bot API on a loopback port, with one bot. */
export interface FakeTelegram {
  /** What belongs into `channels.telegram.apiRoot`. */
  readonly apiRoot: string;
  /** The only token that it takes. */
  readonly botToken: string;
  /** What the bot sent, oldest first. */
  readonly sent: readonly SentByBot[];
  /** The chats that were shown a typing sign. */
  readonly typing: readonly string[];
  /** Every call with the right token: its method and what came with it. */
  readonly calls: readonly { method: string; payload: Readonly<Record<string, unknown>> }[];
  /** How many updates wait, or are not yet known to have arrived. */
  readonly waiting: number;
  /** What the bot has set; null while it polls. */
  readonly webhook: { url: string; secret: string | undefined } | null;
  /** The status of each answer that the webhook gave. */
  readonly webhookAnswers: readonly number[];
  /** A person writes. With `times`, Telegram delivers it so often, although it was taken. */
  receive(writing: Writing, options?: { times?: number }): Update;
  /** Any other update; its number is made here, unless it has one. */
  receiveUpdate(update: Record<string, unknown>): Update;
  /** The next calls fail; with a method's name, its next calls. */
  failNext(failure: Failure, options?: { method?: string; times?: number }): void;
  /** Another program sets a webhook of its own; null takes away the one there is. */
  takeWebhook(url: string | null): void;
  /** Resolves once the bot has sent so many. */
  untilSent(count: number): Promise<void>;
  /** Resolves once the condition holds; looked at after every call and every delivery. */
  until(condition: () => boolean): Promise<void>;
  close(): Promise<void>;
}

/** Starts one. The token may be given, for settings that are written before. */
export async function startFakeTelegram({ botToken = "4242:a-token-of-the-fake" }: { botToken?: string } = {}): Promise<FakeTelegram> {
  const sent: SentByBot[] = [];
  const typing: string[] = [];
  const calls: FakeTelegram["calls"][number][] = [];
  const failures: { failure: Failure; method: string | undefined }[] = [];
  const waiters = new Set<() => void>();
  const inbox = createInbox(() => {
    for (const check of waiters) check();
  });
  let messages = 0;

  const server = await startUpstreamServer("", async (exchange) => {
    const [, token, method = ""] = /^\/bot([^/]+)\/(\w+)$/.exec(exchange.path) ?? [];
    if (token !== botToken) return answer(exchange, /^\d+:[\w-]+$/.test(token ?? "") ? refusal(401, "Unauthorized") : refusal(404, "Not Found"));
    const payload = (exchange.body ?? {}) as Record<string, unknown>;
    calls.push({ method, payload });
    const at = failures.findIndex((planned) => planned.method === undefined || planned.method === method);
    const failure = at < 0 ? undefined : failures.splice(at, 1)[0]!.failure;
    if (failure === undefined) answer(exchange, await perform(method, payload));
    else await fail(exchange, failure, () => perform(method, payload));
    inbox.changed();
  });

  async function perform(method: string, payload: Record<string, unknown>): Promise<Answer> {
    switch (method) {
      case "getMe":
        return { ok: true, result: { ...bot, can_join_groups: true, can_read_all_group_messages: false, supports_inline_queries: false } };
      case "getUpdates":
        return inbox.poll(payload);
      case "getWebhookInfo":
        return { ok: true, result: inbox.webhookInfo() };
      case "setWebhook":
        inbox.setWebhook({ url: payload["url"] as string, secret: payload["secret_token"] as string | undefined });
        return { ok: true, result: true };
      case "deleteWebhook":
        inbox.setWebhook(null);
        return { ok: true, result: true };
      case "sendMessage":
        return send(payload);
      case "editMessageText":
        return edit(payload);
      case "sendChatAction":
        typing.push(String(payload["chat_id"]));
        return { ok: true, result: true };
      default:
        return refusal(404, "Not Found");
    }
  }

  function send(payload: Record<string, unknown>): Answer {
    const read = readText(payload);
    if (!read.ok) return read;
    const { chat_id, message_thread_id, text, parse_mode, reply_parameters } = payload;
    const message = {
      messageId: String(++messages + 5000),
      chatId: String(chat_id),
      threadId: message_thread_id as number | undefined,
      text: read.result,
      source: text as string,
      parseMode: parse_mode as string | undefined,
      replyTo: (reply_parameters as { message_id: number } | undefined)?.message_id,
      edits: 0,
      payload,
    };
    sent.push(message);
    return { ok: true, result: { message_id: Number(message.messageId), date: 1_777_535_401, chat: { id: chat_id, type: "private" }, text: read.result } };
  }

  function edit(payload: Record<string, unknown>): Answer {
    const read = readText(payload);
    if (!read.ok) return read;
    const message = sent.find(({ messageId, chatId }) => messageId === String(payload["message_id"]) && chatId === String(payload["chat_id"]));
    if (!message) return refusal(400, "Bad Request: message to edit not found");
    if (message.source === payload["text"]) return refusal(400, "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message");
    Object.assign(message, { text: read.result, source: payload["text"], parseMode: payload["parse_mode"], edits: message.edits + 1, payload });
    return { ok: true, result: true };
  }

  function until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (!condition()) return;
        waiters.delete(check);
        resolve();
      };
      waiters.add(check);
      check();
    });
  }

  return {
    apiRoot: server.url,
    botToken,
    sent,
    typing,
    calls,
    get waiting() {
      return inbox.waiting;
    },
    get webhook() {
      return inbox.webhook;
    },
    webhookAnswers: inbox.webhookAnswers,
    receive: (writing, { times = 1 } = {}) => inbox.add((updateId) => updateOf(writing, updateId), times),
    receiveUpdate: (update) => inbox.add((update_id) => ({ update_id, ...update }), 1),
    failNext(failure, { method, times = 1 } = {}) {
      for (let count = 0; count < times; count++) failures.push({ failure, method });
    },
    takeWebhook: (url) => inbox.setWebhook(url === null ? null : { url, secret: undefined }),
    untilSent: (count) => until(() => sent.length >= count),
    until,
    async close() {
      inbox.close();
      await server.close();
    },
  };
}

function answer(exchange: Exchange, value: Answer): void {
  exchange.json(value.ok ? 200 : value.error_code, value);
}

async function fail(exchange: Exchange, failure: Failure, perform: () => Promise<Answer>): Promise<void> {
  if (failure === "hang") return;
  if (failure === "garbage") return exchange.raw(502, "text/html", "<html><h1>502 Bad Gateway</h1></html>");
  if (typeof failure === "object") return answer(exchange, refusal(failure.status, failure.description, failure.parameters));
  if (failure === "lose") await perform();
  exchange.destroy();
}

/** What people see of a text, as far as Telegram takes it. */
function readText({ text, parse_mode }: Record<string, unknown>): Answer<string> {
  const read = parse_mode === "HTML" ? readHtml(String(text)) : { text: String(text) };
  if ("refusal" in read) return refusal(400, read.refusal);
  if (read.text.trim() === "") return refusal(400, "Bad Request: message text is empty");
  return read.text.length > 4096 ? refusal(400, "Bad Request: message is too long") : { ok: true, result: read.text };
}
