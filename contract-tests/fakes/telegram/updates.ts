import type { MessageEntity, Update } from "grammy/types";

/** The bot that the fake has. */
export const bot = { id: 4242, is_bot: true as const, first_name: "Claw", username: "claw_bot" };

/** What a person writes, as a test says it; whatever is left out is a text of Ada's, in a chat with the bot. */
export interface Writing {
  text?: string;
  /** Who writes. Default Ada, 1001. */
  from?: { id?: number; is_bot?: boolean; first_name?: string; last_name?: string };
  /** Below zero for a group. Default the writer's own chat. */
  chatId?: number;
  /** A forum's topic. */
  threadId?: number;
  messageId?: number;
  /** Seconds. */
  date?: number;
  /** Found by itself for `@name` and `/command`. */
  entities?: MessageEntity[];
  /** More of Telegram's `Message`: `photo`, `caption`, `reply_to_message`, … */
  more?: Record<string, unknown>;
}

/** The update with the message that Telegram makes of it. */
export function updateOf({ text, from = {}, chatId, threadId, messageId, date = 1_777_535_400, entities, more = {} }: Writing, updateId: number): Update {
  const { id = 1001, is_bot = false, first_name = "Ada", ...name } = from;
  const chat = chatId ?? id;
  const caption = more["caption"] as string | undefined;
  const found = entities ?? entitiesOf(text ?? caption ?? "");
  const message = {
    message_id: messageId ?? updateId,
    date,
    from: { id, is_bot, first_name, ...name },
    chat: chat < 0 ? { id: chat, type: "supergroup", title: "A group" } : { id: chat, type: "private", first_name },
    ...(text !== undefined && { text }),
    ...(found.length > 0 && { [text === undefined ? "caption_entities" : "entities"]: found }),
    ...(threadId !== undefined && { message_thread_id: threadId, is_topic_message: true }),
    ...more,
  };
  return { update_id: updateId, message } as unknown as Update;
}

function entitiesOf(text: string): MessageEntity[] {
  return [...text.matchAll(/@\w+|(?<=^|\s)\/\w+(?:@\w+)?/g)].map(({ 0: marked, index: offset }) => ({ type: marked.startsWith("/") ? "bot_command" : "mention", offset, length: marked.length }));
}
