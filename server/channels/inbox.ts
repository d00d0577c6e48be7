import type { Logger } from "pino";
import type { ChannelName } from "../connectors/port.ts";
import type { NewEvent } from "../events/event.ts";
import { pauseUnless } from "./attempt.ts";
import type { ChannelStore, InboxMessage } from "./store.ts";

/** A message is dealt with. */
export interface Answered {
  /** What tells of the answer; null where there is none. */
  event: NewEvent | null;
}

/** Has what waits in the inbox answered: the chats side by side, the messages of one chat in their order. */
export interface Inbox {
  /** There is something new in a chat. */
  wake(channel: ChannelName, chatId: string): void;
  /** Looks for what has been left in the chats of a channel. */
  wakeAll(channel: ChannelName): Promise<void>;
  /** Resolves once nothing is under way any more; call it when `hurry` is aborted. */
  settled(): Promise<void>;
}

interface InboxOptions {
  store: Pick<ChannelStore, "next" | "waitingChats" | "settle">;
  /** Null when the message is to wait for another day. */
  answer(message: InboxMessage): Promise<Answered | null>;
  /** Whether messages of the channel can be answered now. */
  isOpen(channel: ChannelName): boolean;
  /** Aborted when the gateway stops: nothing new is begun. */
  hurry: AbortSignal;
  log: Logger;
}

/** How long until something is tried again that went wrong here. */
const retryMs = 5_000;

export function createInbox({ store, answer, isOpen, hurry, log }: InboxOptions): Inbox {
  /** The chats that are being seen to, and whether something has come in since the last look. */
  const active = new Map<string, { isNew: boolean; work: Promise<void> }>();

  async function answerAll(channel: ChannelName, chatId: string): Promise<void> {
    while (!hurry.aborted && isOpen(channel)) {
      try {
        const message = await store.next(channel, chatId);
        const answered = message && (await answer(message));
        if (!answered) return;
        await settle(message, answered);
      } catch (err) {
        if (hurry.aborted) return;
        log.error({ channel, chatId, err }, "a message could not be answered now; it is tried again");
        await pauseUnless(hurry, retryMs).catch(() => {});
      }
    }
  }

  /** What is answered is answered: it is not to be answered again because that cannot be noted. */
  async function settle({ id, channel, chatId }: InboxMessage, { event }: Answered): Promise<void> {
    for (;;) {
      try {
        return await store.settle(id, event);
      } catch (err) {
        log.error({ channel, chatId, err }, "that a message is answered could not be noted; it is tried again");
        await pauseUnless(hurry, retryMs);
      }
    }
  }

  function wake(channel: ChannelName, chatId: string): void {
    const key = `${channel}:${chatId}`;
    const chat = active.get(key);
    if (chat) {
      chat.isNew = true;
      return;
    }
    const begun = { isNew: false, work: Promise.resolve() };
    active.set(key, begun);
    begun.work = answerAll(channel, chatId).finally(() => {
      active.delete(key);
      // It may have come in just when there was nothing more to be seen.
      if (begun.isNew && !hurry.aborted) wake(channel, chatId);
    });
  }

  return {
    wake,
    async wakeAll(channel) {
      for (const chatId of await store.waitingChats(channel)) wake(channel, chatId);
    },
    async settled() {
      while (active.size > 0) await Promise.all([...active.values()].map(({ work }) => work));
    },
  };
}
