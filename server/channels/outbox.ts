import type { Logger } from "pino";
import { type ChannelName, ConnectorError, type OutboundMessage } from "../connectors/port.ts";
import { attempt, type Patience, patienceOfAnswers } from "./attempt.ts";
import type { Link, Links } from "./links.ts";
import { splitText } from "./split-text.ts";
import type { ChannelStore, InboxMessage, Progress } from "./store.ts";
import type { ReplyChat } from "./reply.ts";

/** The platform has all of a text. */
export interface SentText {
  /** Of the first part. */
  messageId: string;
  parts: number;
}

/** A text did not get out, or not all of it. */
export class UnsentText extends Error {
  override readonly name = "UnsentText";
  override readonly cause: unknown;
  /** Of the first part; null when not even that got out. */
  readonly messageId: string | null;
  readonly partsSent: number;
  readonly parts: number;

  constructor(cause: unknown, { messageId, partsSent, parts }: { messageId: string | null; partsSent: number; parts: number }) {
    super(cause instanceof Error ? cause.message : "The message could not be sent.");
    this.cause = cause;
    this.messageId = messageId;
    this.partsSent = partsSent;
    this.parts = parts;
  }
}

/** The one way out: whatever goes to a platform is sent, counted and told here. */
export interface Outbox {
  /** Sends a text, in parts where it is too long. Throws an UnsentText; or the reason for stopping, while it waits. */
  send(link: Link, chatId: string, message: OutboundMessage, patience: Patience): Promise<SentText>;
  /** Tells the chat of a message something. What keeps it from that is logged; rejects only with the reason for stopping. */
  notice(message: Pick<InboxMessage, "channel" | "chatId" | "messageId">, text: string): Promise<void>;
  /** The chat of a message, for its answer. Throws a ConnectorError where the channel has no connector. */
  chatOf(message: InboxMessage): ReplyChat;
}

interface OutboxOptions {
  links: Links;
  store: Pick<ChannelStore, "noteSent" | "noteFailed">;
  /** Aborted when the gateway stops: nothing is waited for any more. */
  hurry: AbortSignal;
  /** Aborted when the time for that is over. */
  cut: AbortSignal;
  log: Logger;
  now: () => number;
}

interface Destination {
  channel: ChannelName;
  workspaceId: string;
  chatId: string;
}

export function createOutbox({ links, store, hurry, cut, log, now }: OutboxOptions): Outbox {
  /** Done is done: that it cannot be noted does not undo it. */
  async function noteSent({ channel, workspaceId, chatId }: Destination, messageId: string, text: string, progress: Progress | null): Promise<void> {
    await store
      .noteSent({ channel, workspaceId, chatId, messageId, text, sentAt: now() }, progress)
      .catch((err: unknown) => log.error({ channel, chatId, messageId, err }, "that a message was sent could not be noted"));
  }

  /** `mayRefuse`: a refusal is no failure yet, since something else is tried then. */
  async function patiently<T>({ channel, chatId }: Destination, patience: Patience, act: () => Promise<T>, mayRefuse = false): Promise<T> {
    try {
      return await attempt(act, patience, now, hurry);
    } catch (thrown) {
      if (thrown === hurry.reason || (mayRefuse && thrown instanceof ConnectorError && thrown.kind === "refused")) throw thrown;
      if (!(thrown instanceof ConnectorError)) log.error({ channel, chatId, err: thrown }, "a connector failed in a way that it should not");
      await store.noteFailed(channel).catch((err: unknown) => log.error({ channel, err }, "that a message was not sent could not be noted"));
      throw thrown;
    }
  }

  async function sendPart(to: Destination, message: OutboundMessage, patience: Patience, progress: Progress | null): Promise<string> {
    const { messageId } = await patiently(to, patience, () => links.connector(to.channel).send(to.chatId, message, cut));
    await noteSent(to, messageId, message.text, progress);
    return messageId;
  }

  async function send(link: Link, chatId: string, { text, format, replyTo }: OutboundMessage, patience: Patience): Promise<SentText> {
    const to = { channel: link.name, workspaceId: link.settings.workspace, chatId };
    const texts = splitText(text, links.connector(link.name).maxTextLength, format);
    const ids: string[] = [];
    for (const part of texts) {
      try {
        ids.push(await sendPart(to, { text: part, format, ...(ids.length === 0 && { replyTo }) }, patience, null));
      } catch (thrown) {
        if (thrown === hurry.reason) throw thrown;
        throw new UnsentText(thrown, { messageId: ids[0] ?? null, partsSent: ids.length, parts: texts.length });
      }
    }
    return { messageId: ids[0] ?? "", parts: texts.length };
  }

  return {
    send,
    async notice({ channel, chatId, messageId }, text) {
      const link = links.find(channel);
      try {
        if (link) await send(link, chatId, { text, format: "plain", replyTo: messageId }, patienceOfAnswers);
      } catch (thrown) {
        if (thrown === hurry.reason) throw thrown;
        log.warn({ channel, chatId, err: thrown }, "a notice did not reach its chat");
      }
    },
    chatOf({ id: inboxId, messageId: replyTo, partsSent, openMessageId, ...to }) {
      const { maxTextLength, editIntervalMs } = links.connector(to.channel);
      let isFirst = partsSent === 0 && openMessageId === null;
      const edit = async (messageId: string, text: string) => links.connector(to.channel).edit?.(to.chatId, messageId, { text, format: "markdown" }, cut);
      return {
        maxTextLength,
        editIntervalMs,
        send(text, isOpen) {
          const message: OutboundMessage = { text, format: "markdown", ...(isFirst && { replyTo }) };
          isFirst = false;
          return sendPart(to, message, patienceOfAnswers, { inboxId, step: isOpen ? "opened" : "sent" });
        },
        async close(messageId, text) {
          await patiently(to, patienceOfAnswers, () => edit(messageId, text), true);
          await noteSent(to, messageId, text, { inboxId, step: "closed" });
        },
        edit,
      };
    },
  };
}
