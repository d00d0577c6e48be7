import type { Logger } from "pino";
import type { ChannelsSettings } from "../../settings/settings.ts";
import { ConnectorError, type Connector, type ConnectorEvents, type OutboundMessage } from "../port.ts";
import { createSlackApi, oddAnswer } from "./api.ts";
import { createConnection, type ConnectionOptions } from "./connection.ts";
import { createDirectory, type Directory } from "./directory.ts";
import { createIntake } from "./intake.ts";
import { createLibraryLog } from "./library-log.ts";
import { escapeText, toMrkdwn } from "./mrkdwn.ts";
import { openSocket, type SocketOptions } from "./socket.ts";

export interface SlackOptions extends Partial<Pick<ConnectionOptions, "now" | "random" | "wait">>, Pick<SocketOptions, "helloTimeoutMs"> {
  settings: NonNullable<ChannelsSettings["slack"]>;
  events: ConnectorEvents;
  log: Logger;
}

/**
 * Slack, by an app in socket mode: messages come in over a WebSocket and go out over the Web API. A chat is a channel
 * (`C1`, `D1`) or a thread in one (`C1:1700000000.000100`); `send` takes `#name` and people (`U1`), too.
 */
export function createSlack({ settings, events, log, now = Date.now, random = Math.random, wait, helloTimeoutMs }: SlackOptions): Connector {
  const { apiRoot, botToken, appToken } = settings;
  const logger = createLibraryLog(log);
  const api = createSlackApi({ apiRoot, token: botToken, logger });
  let session = createSession();
  session.end();

  /** What lasts from `start` to `stop`: the bot may be another the next time. */
  function createSession() {
    const ending = new AbortController();
    let botUserId = "";
    const directory = createDirectory({ api, botUserId: () => botUserId, signal: ending.signal });
    const intake = createIntake({ directory, botUserId: () => botUserId, received: (message) => events.received(message), log });
    const { signal } = ending;
    return {
      signal,
      directory,
      intake,
      async identify() {
        const { user_id: id } = await explain("bot", () => api.call((slack) => slack.auth.test(), signal));
        if (id === undefined) throw oddAnswer();
        botUserId = id;
      },
      end: () => ending.abort(),
    };
  }

  const connection = createConnection({
    async open(signal) {
      const { identify, intake } = session;
      await identify();
      return explain("app", () => openSocket({ apiRoot, appToken, logger, signal, onEnvelope: intake.take, helloTimeoutMs }));
    },
    changed: (status) => events.changed(status),
    log,
    now,
    random,
    wait,
  });

  return {
    channel: "slack",
    maxTextLength,
    editIntervalMs: 1_200,
    // Slack shows it for two minutes.
    typingIntervalMs: 110_000,
    start() {
      if (!session.signal.aborted) return;
      session = createSession();
      connection.start();
    },
    async stop() {
      // What has come in is still taken and acknowledged.
      await session.intake.close();
      session.end();
      await connection.stop();
    },
    status: () => connection.status(),
    async send(chatId, message, signal) {
      const { directory, signal: stopped } = session;
      const either = signal ? AbortSignal.any([signal, stopped]) : stopped;
      const { channel, thread_ts } = await locate(chatId, directory, either);
      const { ts, channel: written = channel } = await api.call(
        (slack) => slack.chat.postMessage({ channel, ...(thread_ts === undefined ? {} : { thread_ts }), ...body(message), mrkdwn: message.format === "markdown", unfurl_links: false, unfurl_media: false }),
        either,
      );
      if (ts === undefined) throw oddAnswer();
      directory.spoke(written, thread_ts ?? ts);
      return { messageId: ts };
    },
    /** `chat.update` has no switch for the formatting of plain texts; the gateway edits answers only, which are Markdown. */
    async edit(chatId, messageId, message, signal) {
      const { directory, signal: stopped } = session;
      const either = signal ? AbortSignal.any([signal, stopped]) : stopped;
      const { channel } = await locate(chatId, directory, either);
      await api.call((slack) => slack.chat.update({ channel, ts: messageId, ...body(message) }), either);
    },
    /** In threads only; Slack has none for the rest of a conversation. It ends with the next message. */
    async showTyping(chatId) {
      const { thread: thread_ts, channel: channel_id } = splitChatId(chatId) ?? {};
      if (thread_ts === undefined || channel_id === undefined) return;
      const shown = api.call((slack) => slack.assistant.threads.setStatus({ channel_id, thread_ts, status: "is thinking..." }), session.signal);
      await shown.catch((error: unknown) => log.debug({ channel: "slack", err: error }, "no typing sign could be shown"));
    },
  };
}

/** What a block of plain text takes. */
const maxTextLength = 3000;
/** What `chat.update` takes, where each `&`, `<` and `>` counts as up to five. */
const maxFormattedLength = 4000;

/**
 * Nothing in a text becomes a mention: `@channel` is not looked for, `<!channel>` is escaped. A text that is too long once it
 * is formatted goes as plain text in a block, which needs no escapes; its beginning is what notifications show.
 */
function body({ text, format }: OutboundMessage) {
  const formatted = format === "markdown" ? toMrkdwn(text) : escapeText(text);
  const asText = { text: formatted, parse: "none", link_names: false } as const;
  if (formatted.length <= maxFormattedLength) return asText;
  return { ...asText, text: escapeText(text.slice(0, 100).toWellFormed()), blocks: [{ type: "section", text: { type: "plain_text", text, emoji: false } }] };
}

async function locate(chatId: string, directory: Directory, signal: AbortSignal): Promise<{ channel: string; thread_ts?: string | undefined }> {
  const chat = splitChatId(chatId);
  if (!chat) throw new ConnectorError("refused", `${chatId} is no chat of Slack: give a channel (C…, #name), a person (U…), or a thread (C…:1700000000.000100).`);
  const channel = /^[UW][A-Z0-9]+$/.test(chat.channel) ? await directory.directChannel(chat.channel, signal) : chat.channel;
  return { channel, thread_ts: chat.thread };
}

function splitChatId(chatId: string): { channel: string; thread?: string | undefined } | null {
  const [, channel, thread] = /^([^\s:]+)(?::(\d+\.\d+))?$/.exec(chatId) ?? [];
  return channel === undefined ? null : { channel, thread };
}

/** Of two tokens, says which one was refused. */
async function explain<Answer>(token: "bot" | "app", call: () => Promise<Answer>): Promise<Answer> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.kind !== "refused") throw error;
    throw new ConnectorError("refused", error.message.replace(/^Slack refused:/, `Slack refused the ${token} token:`), { cause: error });
  }
}
