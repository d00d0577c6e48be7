import type { Logger } from "pino";
import { keyPermissions } from "../generated/server/settings.ts";
import type { ConnectorTable } from "./channels/connectors.ts";
import { type ChannelListener, channelPrincipal } from "./channels/message.ts";
import { type Channels, type ChannelsOptions, createChannels } from "./channels/service.ts";
import { createChannelStore } from "./channels/store.ts";
import { expandGrant } from "./keys/permissions.ts";
import type { Database } from "./storage/database.ts";

interface Options extends Pick<ChannelsOptions, "settings" | "chat" | "runs" | "sessions" | "workspaces"> {
  database: Database;
  connectors: ConnectorTable;
  log: Logger;
  now: () => number;
}

/** Joins the channels with the database, and with what wants to know what goes through them. */
export function composeChannels({ database, ...options }: Options): Channels {
  const permissions = expandGrant({ scopes: null, permissions: null }, keyPermissions);
  return createChannels({
    ...options,
    store: createChannelStore({ database, listener: nobody }),
    listener: nobody,
    principalOf: (channel, workspaceId) => channelPrincipal(channel, workspaceId, permissions),
  });
}

/** The durable log of events takes its place. */
const nobody: ChannelListener = {
  *received() {},
  *sent() {},
  changed() {},
};
