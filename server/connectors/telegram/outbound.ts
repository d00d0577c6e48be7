import { GrammyError } from "grammy";
import type { OutboundMessage, SentMessage } from "../port.ts";
import { signalFor, type BotApi } from "./bot-api.ts";
import { parseChatId } from "./chat-id.ts";
import { toConnectorError } from "./failure.ts";
import { toTelegramHtml } from "./telegram-html.ts";

/** What goes out. Each throws ConnectorError. */
export interface Outbound {
  send(chatId: string, message: OutboundMessage, signal: AbortSignal): Promise<SentMessage>;
  edit(chatId: string, messageId: string, message: OutboundMessage, signal: AbortSignal): Promise<void>;
  showTyping(chatId: string, signal: AbortSignal): Promise<void>;
}

export function createOutbound(api: BotApi): Outbound {
  return {
    async send(chat, message, signal) {
      const { chatId, threadId, isGroup } = parseChatId(chat);
      const place = {
        ...(threadId !== undefined && { message_thread_id: threadId }),
        // Without it, a message that was deleted meanwhile would take its answer with it.
        ...(isGroup && message.replyTo && { reply_parameters: { message_id: Number(message.replyTo), allow_sending_without_reply: true } }),
      };
      const { message_id } = await formatted(message, (text, format) => api.sendMessage(chatId, text, { ...place, ...format }, signalFor(signal)));
      return { messageId: String(message_id) };
    },
    async edit(chat, messageId, message, signal) {
      const { chatId } = parseChatId(chat);
      await formatted(message, (text, format) => api.editMessageText(chatId, Number(messageId), text, format, signalFor(signal)).catch(unlessNotModified));
    },
    async showTyping(chat, signal) {
      const { chatId, threadId } = parseChatId(chat);
      await called(api.sendChatAction(chatId, "typing", threadId === undefined ? {} : { message_thread_id: threadId }, signalFor(signal)));
    },
  };
}

type Format = { parse_mode?: "HTML"; link_preview_options: { is_disabled: true } };
const plain: Format = { link_preview_options: { is_disabled: true } };

/** Makes a call with the text in Telegram's HTML; where Telegram will not have that, with the text as it was written. */
async function formatted<T>({ text, format }: OutboundMessage, call: (text: string, format: Format) => Promise<T>): Promise<T> {
  const html = format === "markdown" ? toTelegramHtml(text) : null;
  if (html === null) return called(call(text, plain));
  try {
    return await call(html, { parse_mode: "HTML", ...plain });
  } catch (error) {
    if (isOfFormat(error)) return called(call(text, plain));
    throw toConnectorError(error);
  }
}

async function called<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw toConnectorError(error);
  }
}

/** Telegram has no codes for these: it says "can't parse entities: …", "message is too long" and "message text is empty". A table may become longer than it was written. */
function isOfFormat(error: unknown): boolean {
  return error instanceof GrammyError && error.error_code === 400 && /entit|too long|text is empty|text must be non-empty/i.test(error.description);
}

/** The text is there already: nothing is left to do. */
function unlessNotModified(error: unknown): void {
  if (!(error instanceof GrammyError && error.description.includes("message is not modified"))) throw error;
}
