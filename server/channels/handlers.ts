import type { components } from "../../generated/server/contract.ts";
import type { ChannelsHandlers, OperationRequest } from "../../generated/server/handlers.ts";
import { instant, instantOrNull } from "../http/encode.ts";
import { pageOf } from "../http/page-of.ts";
import type { RequestContext } from "../http/request-context.ts";
import type { Principal } from "../keys/principal.ts";
import type { Channel, ChannelMessage, Channels } from "./service.ts";

/** The channels over HTTP, in `/api/v1` and in the plain edition. */
export function createChannelsHandlers({ channels }: { channels: Pick<Channels, "list" | "send"> }): Pick<ChannelsHandlers<RequestContext>, "listChannels" | "listPlainChannels" | "sendToChannel" | "sendPlainMessage"> {
  async function list(principal: Principal, query: OperationRequest<"listChannels">["query"]) {
    const { items, ...next } = pageOf(await channels.list(principal), query);
    return { status: 200 as const, body: { channels: items.map(encodeChannel), ...next } };
  }

  async function send(principal: Principal, message: ChannelMessage) {
    return { status: 200 as const, body: { status: "sent" as const, ...(await channels.send(principal, message, { format: "plain" })) } };
  }

  return {
    listChannels: ({ query }, { principal }) => list(principal, query),
    sendToChannel: ({ body }, { principal }) => send(principal, body),

    // The plain edition.
    listPlainChannels: ({ query }, { principal }) => list(principal, query),
    sendPlainMessage({ body: { channel, userId, message } }, { principal }) {
      // Sessions and allow lists show people with their channel before the id.
      const chatId = userId.startsWith(`${channel}:`) ? userId.slice(channel.length + 1) : userId;
      return send(principal, { channel, chatId, message });
    },
  };
}

function encodeChannel({ name, workspaceId, status, received, sent, failed, lastMessageAt }: Channel): components["schemas"]["Channel"] {
  return {
    name,
    status: status?.state ?? "disabled",
    workspace: workspaceId,
    messagesReceived: received,
    messagesSent: sent,
    messagesFailed: failed,
    lastMessageAt: instantOrNull(lastMessageAt),
    connectedSince: status?.state === "connected" ? instant(status.since) : null,
    error: status?.error ?? null,
  };
}
