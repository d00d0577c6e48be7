import { createHash } from "node:crypto";
import type { ChannelName, InboundMessage } from "../connectors/port.ts";
import { isLegalId } from "../ids.ts";
import type { Principal } from "../keys/principal.ts";

/** A message of a person, as it is taken in. */
export interface ReceivedMessage extends InboundMessage {
  channel: ChannelName;
  workspaceId: string;
  /** The run that its turn will have. */
  runId: string;
  /** Epoch milliseconds, by our clock. */
  receivedAt: number;
}

/** A message that a platform has. */
export interface DeliveredMessage {
  channel: ChannelName;
  workspaceId: string;
  chatId: string;
  /** The platform's own id. */
  messageId: string;
  text: string;
  /** Epoch milliseconds. */
  sentAt: number;
}

/** The session of a chat. Ids of chats that no session's id could have are told by their hash. */
export function sessionIdOf(channel: ChannelName, chatId: string): string {
  return legalId(`${channel}:${chatId}`, channel);
}

/** The session of a chat whose own id is another workspace's. */
export function sessionIdIn(workspaceId: string, channel: ChannelName, chatId: string): string {
  return legalId(`${sessionIdOf(channel, chatId)}:${workspaceId}`, channel);
}

function legalId(id: string, channel: ChannelName): string {
  return isLegalId(id) ? id : `${channel}:${createHash("sha256").update(id).digest("hex").slice(0, 32)}`;
}

/** A person, as allow lists and sessions have them. */
export const userIdOf = (channel: ChannelName, userId: string): string => `${channel}:${userId}`;

/** The rights of what people write: those of a key that was given nothing in particular, in the channel's workspace. `permissions` are those. */
export function channelPrincipal(channel: ChannelName, workspaceId: string, permissions: Principal["permissions"]): Principal {
  return { keyId: `channel:${channel}`, label: `Messages by ${channel}`, edition: "workspaces", permissions, workspaces: [workspaceId], tools: null, denyTools: null, isOwner: false, rateLimitPerMinute: null, maxTokensPerDay: null };
}
