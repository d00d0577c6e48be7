import { keyPermissions } from "../generated/server/settings.ts";
import { connectorTable } from "./channels/connectors.ts";
import { channelPrincipal } from "./channels/message.ts";
import { type Channels, type ChannelsOptions, createChannels } from "./channels/service.ts";
import { createChannelStore } from "./channels/store.ts";
import type { EventWriter } from "./events/writer.ts";
import { expandGrant } from "./keys/permissions.ts";
import type { Database } from "./storage/database.ts";

interface Options extends Omit<ChannelsOptions, "store" | "connectors" | "events" | "principalOf"> {
  database: Database;
  events: EventWriter;
  connectors: ChannelsOptions["connectors"] | undefined;
}

/** Joins the channels with the database, and with the rights that people have who write there. */
export function composeChannels({ database, events, connectors = connectorTable, ...options }: Options): Channels {
  const permissions = expandGrant({ scopes: null, permissions: null }, keyPermissions);
  return createChannels({
    ...options,
    events,
    connectors,
    store: createChannelStore({ database, events }),
    principalOf: (channel, workspaceId) => channelPrincipal(channel, workspaceId, permissions),
  });
}
