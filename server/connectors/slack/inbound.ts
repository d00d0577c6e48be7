import type { InboundMessage } from "../port.ts";
import type { Directory } from "./directory.ts";
import { readText } from "./read-text.ts";

/** A message of the Events API, as far as it is used. See https://docs.slack.dev/reference/events/message. */
export interface SlackMessage {
  channel: string;
  /** Time and id within the channel: `1700000000.000100`. */
  ts: string;
  user: string;
  text: string;
  isDirect: boolean;
  /** It calls the bot by its name. */
  isMention: boolean;
  /** The first message of the thread that it stands in, and whose that is. */
  threadTs?: string | undefined;
  parentUserId?: string | undefined;
  files: readonly { name?: string; title?: string; subtype?: string }[];
  attachments: readonly { text?: string; fallback?: string }[];
}

/** A message that a person has written and that may be for the bot; null for all else that Slack tells. */
export function messageOf(event: Readonly<Record<string, unknown>>, botUserId: string): SlackMessage | null {
  const { type, subtype, channel, ts, user, text = "", bot_id: botId, edited, hidden, thread_ts: threadTs, parent_user_id: parentUserId } = event;
  if (type !== "message" && type !== "app_mention") return null;
  if (subtype !== undefined && subtype !== "file_share" && subtype !== "thread_broadcast") return null;
  // A mention that was put in later comes as a message of its own.
  if (botId !== undefined || edited !== undefined || hidden === true || user === botUserId || user === "USLACKBOT") return null;
  if (typeof channel !== "string" || typeof ts !== "string" || typeof user !== "string" || typeof text !== "string") return null;
  const message: SlackMessage = {
    channel,
    ts,
    user,
    text,
    isDirect: event["channel_type"] === "im" || channel.startsWith("D"),
    isMention: type === "app_mention" || text.includes(`<@${botUserId}>`) || text.includes(`<@${botUserId}|`),
    threadTs: typeof threadTs === "string" ? threadTs : undefined,
    parentUserId: typeof parentUserId === "string" ? parentUserId : undefined,
    files: Array.isArray(event["files"]) ? event["files"] : [],
    attachments: Array.isArray(event["attachments"]) ? event["attachments"] : [],
  };
  // In a channel, what stands outside of threads is for the bot when it says so.
  return message.isDirect || message.isMention || message.threadTs !== undefined ? message : null;
}

/** A channel's messages are answered in a thread: that of the message, or one below it. */
export function chatIdOf({ channel, ts, threadTs, isDirect }: SlackMessage): string {
  const thread = threadTs ?? (isDirect ? undefined : ts);
  return thread === undefined ? channel : `${channel}:${thread}`;
}

/** The message for the gateway; null when it is not for the bot after all. Throws ConnectorError when that cannot be found out now. */
export async function toInbound(message: SlackMessage, botUserId: string, directory: Directory): Promise<InboundMessage | null> {
  if (!(await isForBot(message, botUserId, directory))) return null;
  const person = await directory.person(message.user);
  if (person.isBot) return null;
  const text = await textOf(message, botUserId, directory);
  if (text === "") return null;
  return {
    // A mention comes twice: as `app_mention` and as `message`.
    id: `${message.channel}:${message.ts}`,
    chatId: chatIdOf(message),
    messageId: message.ts,
    chatType: message.isDirect ? "direct" : "group",
    userId: message.user,
    userName: person.name,
    text,
    sentAt: Math.round(Number(message.ts) * 1000),
  };
}

async function isForBot({ isDirect, isMention, channel, threadTs, parentUserId }: SlackMessage, botUserId: string, directory: Directory): Promise<boolean> {
  if (isDirect || isMention || parentUserId === botUserId) return true;
  return threadTs !== undefined && directory.hasSpoken(channel, threadTs);
}

async function textOf({ text, files, attachments }: SlackMessage, botUserId: string, directory: Directory): Promise<string> {
  // A message that was passed on without a word has its text there.
  const markup = text === "" ? attachments.map((attachment) => attachment.text ?? attachment.fallback ?? "").join("\n") : text;
  const written = await readText(markup, botUserId, async (id) => (await directory.person(id)).name);
  return [written, ...files.map(describeFile)].filter((line) => line !== "").join("\n");
}

function describeFile({ name, title, subtype }: SlackMessage["files"][number]): string {
  if (subtype === "slack_audio") return "[voice message]";
  if (subtype === "slack_video") return "[video]";
  return `[file: ${name ?? title ?? "without a name"}]`;
}
