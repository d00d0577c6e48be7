import type { Logger } from "pino";
import { createBackoff } from "../../backoff.ts";
import type { InboundMessage } from "../port.ts";

/** Messages on their way from Discord into the gateway's store. */
export interface Inbox {
  /** False when too many wait already: Discord must then deliver it again. */
  put(message: InboundMessage): boolean;
  /** Tries each message that waits a last time. Resolves once nothing is under way. */
  close(): Promise<void>;
}

export interface InboxOptions {
  /** Resolves once it is stored. */
  received(message: InboundMessage): Promise<void>;
  log: Logger;
  random(): number;
  sleep(delayMs: number, signal: AbortSignal): Promise<unknown>;
  /** How many may wait. */
  capacity: number;
}

/**
 * Discord has no acknowledgement of a single message: it delivers again only what came after the sequence number that a resumed
 * session names. So a message that cannot be stored is tried again here, with the later ones of its chat behind it, while other
 * chats go on; and when too many wait, the connection is cut and resumed before the first that had no place (see `link.ts`).
 * What waits is lost when the process dies, and when it still cannot be stored at a stop.
 */
export function createInbox({ received, log, random, sleep, capacity }: InboxOptions): Inbox {
  const chats = new Map<string, { waiting: InboundMessage[]; done: Promise<void> }>();
  const closing = new AbortController();
  let count = 0;

  async function drain(chatId: string, waiting: InboundMessage[]): Promise<void> {
    const backoff = createBackoff(random);
    for (let message = waiting[0]; message; message = waiting[0]) {
      try {
        await received(message);
        backoff.reset();
      } catch (error) {
        if (!closing.signal.aborted) {
          const retryInMs = backoff.nextMs();
          log.warn({ channel: "discord", messageId: message.id, err: error, retryInMs }, "a message could not be stored");
          await sleep(retryInMs, closing.signal).catch(() => {});
          continue;
        }
        log.error({ channel: "discord", messageId: message.id, err: error }, "a message is lost: it could not be stored before the stop");
      }
      waiting.shift();
      count -= 1;
    }
    chats.delete(chatId);
  }

  return {
    put(message) {
      if (count >= capacity || closing.signal.aborted) return false;
      count += 1;
      const chat = chats.get(message.chatId);
      if (chat) {
        chat.waiting.push(message);
        return true;
      }
      const waiting = [message];
      const opened = { waiting, done: Promise.resolve() };
      chats.set(message.chatId, opened);
      opened.done = drain(message.chatId, waiting);
      return true;
    },
    async close() {
      closing.abort();
      await Promise.all([...chats.values()].map(({ done }) => done));
    },
  };
}
