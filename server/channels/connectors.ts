import type { Logger } from "pino";
import type { ChannelName, Connector, ConnectorEvents } from "../connectors/port.ts";
import type { ChannelsSettings } from "../settings/settings.ts";

/** What every connector is made of. */
export interface ConnectorOptions<Name extends ChannelName> {
  settings: NonNullable<ChannelsSettings[Name]>;
  events: ConnectorEvents;
  log: Logger;
}

/** How each connector is loaded: what it needs is in memory only once its channel is switched on. */
export type ConnectorTable = { readonly [Name in ChannelName]?: () => Promise<(options: ConnectorOptions<Name>) => Connector> };

export const connectorTable: ConnectorTable = {
  telegram: async () => (await import("../connectors/telegram/telegram.ts")).createTelegram,
  discord: async () => (await import("../connectors/discord/discord.ts")).createDiscord,
  slack: async () => (await import("../connectors/slack/slack.ts")).createSlack,
  whatsapp: async () => (await import("../connectors/whatsapp/whatsapp.ts")).createWhatsapp,
};
