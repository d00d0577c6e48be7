import type { Message, MessageEntity, Update, UserFromGetMe } from "grammy/types";
import type { InboundMessage } from "../port.ts";
import { formatChatId } from "./chat-id.ts";

/** Who the bot is. */
export type Me = Pick<UserFromGetMe, "id" | "username">;

/** What keeps its order. Undefined for what is no message, or a broken one. */
export const chatOf = ({ message }: Update): number | undefined => (message as Partial<Message> | undefined)?.chat?.id;

/** The message of a person that is for the bot; null for all else that Telegram tells. */
export function readMessage(message: NonNullable<Update["message"]>, me: Me): InboundMessage | null {
  const { chat, from, message_id, date, is_topic_message, message_thread_id } = message;
  // Admins who write anonymously, and linked channels, come as bots or by themselves: nobody's allow list could name them.
  if (!from || from.is_bot || message.is_automatic_forward || message_id === 0) return null;
  if (chat.type !== "private" && chat.type !== "group" && chat.type !== "supergroup") return null;
  const said = message.text ?? message.caption ?? "";
  const parts = contentsOf(message);
  if (said === "" && parts.length === 0) return null;

  const mentions = (message.entities ?? message.caption_entities ?? []).map((entity) => mentionIn(said, entity, me)).filter((place) => place !== undefined);
  if (chat.type !== "private" && mentions.length === 0 && !answers(message, me)) return null;
  const text = [cut(said, mentions), ...parts].filter((part) => part !== "").join("\n");
  const chatId = formatChatId(chat.id, is_topic_message ? message_thread_id : undefined);
  return {
    id: `${chatId}:${message_id}`,
    chatId,
    messageId: String(message_id),
    chatType: chat.type === "private" ? "direct" : "group",
    userId: String(from.id),
    userName: [from.first_name, from.last_name].filter(Boolean).join(" "),
    // Who only mentions the bot says that, and nothing else.
    text: text || said,
    sentAt: date * 1000,
  };
}

/** The first message of a topic is what all others there seem to answer: that is no answer. */
function answers({ reply_to_message: original }: Message, me: Me): boolean {
  return original?.from?.id === me.id && original.forum_topic_created === undefined;
}

/** From where to where the bot is mentioned, in UTF-16 units as Telegram counts; of a command, only the name behind it. */
function mentionIn(text: string, { type, offset, length, ...entity }: MessageEntity, me: Me): [from: number, to: number] | undefined {
  const end = offset + length;
  const marked = text.slice(offset, end).toLowerCase();
  const name = `@${me.username.toLowerCase()}`;
  if (type === "mention" && marked === name) return [offset, end];
  if (type === "bot_command" && marked.endsWith(name)) return [end - name.length, end];
  if (type === "text_mention" && "user" in entity && entity.user.id === me.id) return [offset, end];
  return undefined;
}

/** The text without those places, and without the blank or comma that they leave behind. */
function cut(text: string, places: readonly [from: number, to: number][]): string {
  let rest = text;
  for (const [from, to] of [...places].sort(([a], [b]) => b - a)) {
    const [before, after] = [rest.slice(0, from), rest.slice(to)];
    if (before.trim() === "") rest = after.replace(/^\s*[,:]?\s*/, "");
    else rest = (/^\s/.test(after) ? before.replace(/[ \t]$/, "") : before) + after;
  }
  return rest.trim();
}

/** What came besides the text, one line each. */
function contentsOf({ photo, video, video_note, animation, voice, audio, document, sticker, location, venue, contact }: Message): string[] {
  if (animation || video || video_note) return ["[video]"];
  if (photo) return ["[photo]"];
  if (voice) return ["[voice message]"];
  if (sticker) return ["[sticker]"];
  if (audio) return [`[file: ${line(audio.file_name ?? audio.title ?? "audio")}]`];
  if (document) return [`[file: ${line(document.file_name ?? "unnamed")}]`];
  if (location) return [`[location: ${[venue && line(venue.title), location.latitude, location.longitude].filter((part) => part !== undefined).join(", ")}]`];
  if (contact) return [`[contact: ${line([contact.first_name, contact.last_name, contact.phone_number].filter(Boolean).join(" "))}]`];
  return [];
}

/** Names are the sender's own: they stay on their line. */
const line = (name: string) => name.replaceAll(/\s+/g, " ").trim();
