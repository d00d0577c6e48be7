import { keyPermissions } from "../generated/server/settings.ts";
import type { ChannelsHandlers } from "../generated/server/handlers.ts";
import { connectorTable } from "./channels/connectors.ts";
import { createChannelsHandlers } from "./channels/handlers.ts";
import { channelPrincipal } from "./channels/message.ts";
import { type Channels, type ChannelsOptions, createChannels } from "./channels/service.ts";
import { createChannelStore } from "./channels/store.ts";
import { createTelegramWebhookDoor, createTelegramWebhookHandlers } from "./channels/telegram-webhook.ts";
import { createWhatsappWebhookHandlers } from "./channels/whatsapp-webhook.ts";
import type { EventWriter } from "./events/writer.ts";
import type { RequestContext } from "./http/request-context.ts";
import { expandGrant } from "./keys/permissions.ts";
import type { Database } from "./storage/database.ts";

interface Options extends Omit<ChannelsOptions, "store" | "connectors" | "events" | "principalOf"> {
  database: Database;
  events: EventWriter;
  connectors: ChannelsOptions["connectors"] | undefined;
}

export interface ComposedChannels {
  channels: Channels;
  handlers: ChannelsHandlers<RequestContext>;
  /** What is asked before a body is read. */
  doors: ReturnType<typeof createTelegramWebhookDoor>;
}

/** Joins the channels with the database, with the rights that people have who write there, and with the platforms that call. */
export function composeChannels({ database, events, connectors = connectorTable, ...options }: Options): ComposedChannels {
  const permissions = expandGrant({ scopes: null, permissions: null }, keyPermissions);
  const channels = createChannels({
    ...options,
    events,
    connectors,
    store: createChannelStore({ database, events }),
    principalOf: (channel, workspaceId) => channelPrincipal(channel, workspaceId, permissions),
  });
  const verifyToken = () => {
    const { whatsapp } = channels.settings();
    return whatsapp?.enabled === true ? whatsapp.verifyToken : null;
  };
  const telegram = { connector: () => channels.webhook("telegram") };
  return {
    channels,
    doors: createTelegramWebhookDoor(telegram),
    handlers: {
      ...createChannelsHandlers({ channels }),
      ...createTelegramWebhookHandlers(telegram),
      ...createWhatsappWebhookHandlers({ connector: () => channels.webhook("whatsapp"), verifyToken }),
    },
  };
}
