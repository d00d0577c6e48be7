import type { Logger } from "pino";
import type { InboundMessage } from "../port.ts";
import type { Directory } from "./directory.ts";
import { chatIdOf, messageOf, toInbound, type SlackMessage } from "./inbound.ts";
import type { Envelope } from "./socket.ts";

/** Takes in what Slack delivers. */
export interface Intake {
  take(envelope: Envelope): void;
  /** Takes no more; resolves once what was under way is done. */
  close(): Promise<void>;
}

export interface IntakeOptions {
  directory: Directory;
  botUserId(): string;
  received(message: InboundMessage): Promise<void>;
  log: Logger;
}

/**
 * Hands on the messages of a chat one after another, and acknowledges each once it is stored. What is not acknowledged within
 * three seconds Slack delivers again: at once, after a minute, and after five.
 */
export function createIntake({ directory, botUserId, received, log }: IntakeOptions): Intake {
  /** The last thing to be done for each chat that has something to be done. */
  const chats = new Map<string, Promise<void>>();
  const ignored = new Set<string>();
  let isClosed = false;

  function take(envelope: Envelope): void {
    if (isClosed) return;
    const event = eventOf(envelope);
    const message = event && messageOf(event, botUserId());
    if (!message) {
      ignore(event ? JSON.stringify([event["type"], event["subtype"]]) : envelope.type);
      void acknowledge(envelope);
      return;
    }
    const chat = chatIdOf(message);
    const done = (chats.get(chat) ?? Promise.resolve()).then(() => handOn(message, envelope));
    chats.set(chat, done);
    void done.then(() => {
      if (chats.get(chat) === done) chats.delete(chat);
    });
  }

  async function handOn(message: SlackMessage, envelope: Envelope): Promise<void> {
    try {
      const inbound = await toInbound(message, botUserId(), directory);
      if (inbound) await received(inbound);
    } catch (error) {
      log.warn({ channel: "slack", err: error }, "a message could not be taken; Slack will deliver it again");
      return;
    }
    await acknowledge(envelope);
  }

  /** When the connection has gone meanwhile, the message comes again, and is known then. */
  async function acknowledge(envelope: Envelope): Promise<void> {
    await envelope.ack().catch(() => {});
  }

  function ignore(type: string): void {
    if (ignored.has(type) || ignored.size === mostKinds) return;
    ignored.add(type);
    log.debug({ channel: "slack", type }, "Slack tells of something that is no message to the bot");
  }

  return {
    take,
    async close() {
      isClosed = true;
      await Promise.all(chats.values());
    },
  };
}

const mostKinds = 100;

function eventOf({ type, body }: Envelope): Record<string, unknown> | null {
  if (type !== "events_api" || typeof body !== "object" || body === null || !("event" in body)) return null;
  const { event } = body;
  return typeof event === "object" && event !== null ? (event as Record<string, unknown>) : null;
}
