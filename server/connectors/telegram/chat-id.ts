import { ConnectorError } from "../port.ts";

/** A chat as Telegram's methods take it. */
export interface TelegramChat {
  chatId: number | string;
  threadId: number | undefined;
  /** Groups have ids below zero. */
  isGroup: boolean;
}

/** `<id>`, `<id>:<threadId>` in a forum's topic, or `@name` of a public group or channel. Throws ConnectorError `refused` for anything else. */
export function parseChatId(text: string): TelegramChat {
  const [, chat, thread] = /^(-?\d{1,16}|@\w{1,64})(?::(\d{1,16}))?$/.exec(text) ?? [];
  if (chat === undefined) throw new ConnectorError("refused", "This is no chat id of Telegram: it is a number, a number with a topic's (`-1001234567890:42`), or `@` and the name of a public group or channel.");
  const isName = chat.startsWith("@");
  return { chatId: isName ? chat : Number(chat), threadId: thread === undefined ? undefined : Number(thread), isGroup: isName || chat.startsWith("-") };
}

export function formatChatId(chatId: number, threadId: number | undefined): string {
  return threadId === undefined ? String(chatId) : `${chatId}:${threadId}`;
}
