/** What a person writes. */
export interface FakeMessage {
  text: string;
  /** Digits. Default a direct chat with the bot. */
  channelId?: string;
  /** The server that the channel, or the thread, is of. */
  guildId?: string;
  userId?: string;
  userName?: string;
  /** Makes it a reply to a message of this user. */
  repliesToUser?: string;
  /** Names of files. */
  files?: readonly string[];
  /** In the place of what the fake would write: any fields of the documented message object. */
  fields?: Readonly<Record<string, unknown>>;
}

export const fakeBotId = "900000000000000001";
const directChannelId = "700000000000000001";

/** A user as Discord writes one. */
function userObject(id: string, name: string, fields: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return { id, username: name.toLowerCase(), global_name: name, discriminator: "0", avatar: null, ...fields };
}

export const botObject = (): Record<string, unknown> => userObject(fakeBotId, "Claw", { bot: true });

/** A message as the gateway tells it. Mentioned users are found in the text. */
export function messageObject({ text, channelId = directChannelId, guildId, userId = "800000000000000001", userName = "Ada", repliesToUser, files = [], fields = {} }: FakeMessage, id: string): { id: string } & Record<string, unknown> {
  return {
    id,
    type: repliesToUser === undefined ? 0 : 19,
    channel_id: channelId,
    ...(guildId !== undefined && { guild_id: guildId, member: { nick: null, roles: [], joined_at: "2026-01-01T00:00:00.000000+00:00", deaf: false, mute: false, flags: 0 } }),
    author: userObject(userId, userName),
    content: text,
    timestamp: "2026-11-21T10:00:00.000000+00:00",
    edited_timestamp: null,
    tts: false,
    mention_everyone: false,
    mentions: [...text.matchAll(/<@!?(\d+)>/g)].map(([, mentioned]) => (mentioned === fakeBotId ? botObject() : userObject(mentioned!, "Grace"))),
    mention_roles: [...text.matchAll(/<@&(\d+)>/g)].map(([, role]) => role),
    attachments: files.map((filename, index) => ({ id: `${id}${index}`, filename, size: 1, url: `https://cdn.example/${filename}`, proxy_url: `https://cdn.example/${filename}` })),
    embeds: [],
    pinned: false,
    ...(repliesToUser !== undefined && {
      message_reference: { type: 0, message_id: "1", channel_id: channelId },
      referenced_message: { id: "1", author: userObject(repliesToUser, "Somebody") },
    }),
    ...fields,
  };
}
