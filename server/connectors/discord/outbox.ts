import { randomBytes } from "node:crypto";
import { RESTJSONErrorCodes, Routes, type APIAllowedMentions, type RESTPatchAPIChannelMessageJSONBody, type RESTPostAPIChannelMessageJSONBody } from "discord-api-types/v10";
import { ConnectorError, type Connector, type OutboundMessage } from "../port.ts";
import { toDiscordMarkdown } from "./markdown.ts";
import { escapePlain } from "./plain.ts";
import { DiscordError, type DiscordRest } from "./rest.ts";

export const maxTextLength = 2_000;

export interface Outbox extends Required<Pick<Connector, "send" | "edit" | "showTyping">> {
  /** Answers in this chat go without the quote of the question: it stands right above. */
  noteDirectChat(chatId: string): void;
}

/** Whoever a model names, nobody is notified but the one who is answered. */
const nobody: APIAllowedMentions = { parse: [] };
/** How many chats, users and failed messages are remembered. */
const mostRemembered = 1_000;

export function createOutbox(rest: DiscordRest): Outbox {
  const directChats = new Map<string, true>();
  /** The direct chats of users that were written to by their own id. */
  const chatsOfUsers = new Map<string, string>();
  /** The nonces of messages that may have arrived or not. */
  const nonces = new Map<string, string>();

  /** Calls it with the channel, or with the user's direct chat where the id turns out to be a user's. */
  async function inChat<Answer>(chatId: string, call: (channelId: string) => Promise<Answer>, signal?: AbortSignal): Promise<Answer> {
    checkId(chatId, "chat");
    const known = chatsOfUsers.get(chatId);
    if (known !== undefined) return await call(known);
    try {
      return await call(chatId);
    } catch (error) {
      if (!(error instanceof DiscordError) || error.code !== RESTJSONErrorCodes.UnknownChannel) throw error;
      const opened = await openDirectChat(chatId, signal).catch((failure: ConnectorError) => {
        // It is no user's id either: that there is no such channel says more.
        if (failure.kind === "refused") throw error;
        // However the opening failed, the message has not been sent.
        throw new ConnectorError("unavailable", failure.message, { retryAfterMs: failure.retryAfterMs });
      });
      remember(chatsOfUsers, chatId, opened);
      remember(directChats, opened, true);
      return await call(opened);
    }
  }

  async function openDirectChat(userId: string, signal?: AbortSignal): Promise<string> {
    return idOf(await rest.call("POST", Routes.userChannels(), { recipient_id: userId }, signal));
  }

  return {
    noteDirectChat: (chatId) => remember(directChats, chatId, true),

    /**
     * Discord drops the second of two messages with one nonce within a few minutes. A message that is sent again after its receipt
     * did not come has the nonce of the first attempt, so it cannot arrive twice.
     */
    async send(chatId, message, signal) {
      const { replyTo } = message;
      if (replyTo !== undefined) checkId(replyTo, "message");
      const key = JSON.stringify([chatId, replyTo, message.format, message.text]);
      const nonce = nonces.get(key) ?? randomBytes(12).toString("hex");
      nonces.delete(key);
      try {
        const post = (channelId: string): Promise<unknown> => {
          const body: RESTPostAPIChannelMessageJSONBody = { content: contentOf(message), allowed_mentions: nobody, nonce, enforce_nonce: true };
          if (replyTo !== undefined && !directChats.has(channelId)) {
            body.message_reference = { message_id: replyTo, fail_if_not_exists: false };
            body.allowed_mentions = { ...nobody, replied_user: true };
          }
          return rest.call("POST", Routes.channelMessages(channelId), body, signal);
        };
        return { messageId: idOf(await inChat(chatId, post, signal)) };
      } catch (error) {
        if (error instanceof ConnectorError && error.kind !== "refused") remember(nonces, key, nonce);
        throw error;
      }
    },

    async edit(chatId, messageId, message, signal) {
      checkId(messageId, "message");
      const body: RESTPatchAPIChannelMessageJSONBody = { content: contentOf(message), allowed_mentions: nobody };
      await inChat(chatId, (channelId) => rest.call("PATCH", Routes.channelMessage(channelId, messageId), body, signal), signal);
    },

    async showTyping(chatId) {
      await inChat(chatId, (channelId) => rest.call("POST", Routes.channelTyping(channelId))).catch(() => {});
    },
  };
}

/**
 * What escaping and rewriting add may make a message too long, which must not cost it: then the text goes as it is, a plain one in a
 * code block where that can hold it.
 */
function contentOf({ text, format }: OutboundMessage): string {
  if (format === "markdown") {
    const rewritten = toDiscordMarkdown(text);
    return rewritten.length <= maxTextLength ? rewritten : text;
  }
  const block = `\`\`\`\n${text}\n\`\`\``;
  return [escapePlain(text), ...(text.includes("```") ? [] : [block])].find(({ length }) => length <= maxTextLength) ?? text;
}

/** Ids become parts of paths. */
function checkId(id: string, what: string): void {
  if (!/^\d{1,20}$/.test(id)) throw new ConnectorError("refused", `${JSON.stringify(id.slice(0, 40))} is no ${what} id of Discord's: those have digits only.`);
}

function idOf(answer: unknown): string {
  const { id } = (answer ?? {}) as { id?: unknown };
  if (typeof id !== "string") throw new ConnectorError("unknown", "Discord's answer holds no id.");
  return id;
}

/** The oldest goes when there are too many. */
function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= mostRemembered) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    break;
  }
}
