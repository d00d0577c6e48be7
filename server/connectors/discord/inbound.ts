import { MessageFlags, MessageReferenceType, MessageType, type APIAttachment, type GatewayMessageCreateDispatchData } from "discord-api-types/v10";
import type { InboundMessage } from "../port.ts";

/** Whom messages are meant for: the bot, and the roles that Discord made for it. */
export interface BotIdentity {
  userId: string;
  roleIds: ReadonlySet<string>;
}

/**
 * A message of Discord's as the gateway knows it. Null when it is not one to answer: of a bot or a webhook, about something that
 * happened, in a server without a mention of the bot or a reply to it, or without anything to read.
 */
export function toInbound(message: GatewayMessageCreateDispatchData, bot: BotIdentity): InboundMessage | null {
  const { id, author, member, channel_id: chatId, guild_id: guildId } = message;
  if (author.bot || author.system || message.webhook_id !== undefined) return null;
  if (message.type !== MessageType.Default && message.type !== MessageType.Reply) return null;
  if (guildId !== undefined && !isAddressed(message, bot)) return null;
  const text = readable(message, bot);
  if (text === "") return null;
  return {
    id,
    chatId,
    messageId: id,
    chatType: guildId === undefined ? "direct" : "group",
    userId: author.id,
    userName: member?.nick ?? author.global_name ?? author.username,
    text,
    sentAt: Date.parse(message.timestamp),
  };
}

function isAddressed({ mentions, mention_roles: roles, referenced_message: answered }: GatewayMessageCreateDispatchData, bot: BotIdentity): boolean {
  return mentions.some(({ id }) => id === bot.userId) || roles.some((id) => bot.roleIds.has(id)) || answered?.author.id === bot.userId;
}

/** What a person sees of it: the words, what was forwarded, the names of files. */
function readable({ content, mentions, attachments, sticker_items: stickers = [], flags, ...message }: GatewayMessageCreateDispatchData, bot: BotIdentity): string {
  const forwarded = message.message_reference?.type === MessageReferenceType.Forward ? (message.message_snapshots ?? []).map((snapshot) => snapshot.message) : [];
  const isVoice = ((flags ?? 0) & MessageFlags.IsVoiceMessage) !== 0;
  const lines = [
    withNames(withoutBot(content, bot), mentions),
    ...attachments.map((attachment) => nameOf(attachment, isVoice)),
    ...stickers.map(() => "[sticker]"),
    ...forwarded.flatMap((original) => [withNames(original.content, original.mentions), ...original.attachments.map((attachment) => nameOf(attachment, false))]),
  ];
  return lines.filter((line) => line !== "").join("\n");
}

const nameOf = ({ filename }: APIAttachment, isVoice: boolean): string => (isVoice ? "[voice message]" : `[file: ${filename}]`);

function withoutBot(content: string, { userId, roleIds }: BotIdentity): string {
  const mention = `<@(?:!?${[userId, ...[...roleIds].map((id) => `&${id}`)].join("|")})>`;
  return content.replace(new RegExp(`(^|\\n)${mention}[,:]? *| ?${mention}`, "g"), "$1").trim();
}

function withNames(content: string, mentions: GatewayMessageCreateDispatchData["mentions"]): string {
  return content.replace(/<@!?(\d+)>/g, (written, id) => {
    const user = mentions.find((mentioned) => mentioned.id === id);
    return user ? `@${user.global_name ?? user.username}` : written;
  });
}
