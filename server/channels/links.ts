import { isDeepStrictEqual } from "node:util";
import type { Logger } from "pino";
import { type ChannelName, type Connector, ConnectorError, type ConnectorStatus, type InboundMessage } from "../connectors/port.ts";
import type { ChannelSettings, ChannelsSettings } from "../settings/settings.ts";
import type { ConnectorOptions, ConnectorTable } from "./connectors.ts";

/** A channel of the settings. */
export interface Link {
  readonly name: ChannelName;
  readonly settings: ChannelSettings;
  /** How it stands; null where the settings switch it off. */
  status(): ConnectorStatus | null;
  /** Null while there is none: switched off, being loaded, or not to be loaded. */
  readonly connector: Connector | null;
}

/** The connectors of the channels of the settings. */
export interface Links {
  /** In the order of their names. */
  list(): readonly Link[];
  find(name: string): Link | undefined;
  /** The connector of a channel. Throws a ConnectorError where there is none. */
  connector(name: ChannelName): Connector;
  /** Goes over to other settings: channels whose own have not changed stay connected. Never rejects. */
  use(settings: ChannelsSettings): Promise<void>;
  stop(): Promise<void>;
}

interface LinksOptions {
  connectors: ConnectorTable;
  received(link: Link, message: InboundMessage): Promise<void>;
  /** A channel can send and receive from now on, or can no more. */
  changed(link: Link, isConnected: boolean, reason: string | null): void;
  /** Its messages may be answered from now on. */
  started(name: ChannelName): void;
  log: Logger;
  now: () => number;
}

/** A link as it is put together. */
interface OwnLink extends Link {
  connector: Connector | null;
  error: string | null;
  /** What was told of it last; null while it has never been connected, nor failed. */
  isConnected: boolean | null;
}

export function createLinks({ connectors, received, changed, started, log, now }: LinksOptions): Links {
  const links = new Map<ChannelName, OwnLink>();
  /** One change after the other. */
  let changing = Promise.resolve();

  function inTurn(change: () => Promise<void>): Promise<void> {
    return (changing = changing.then(change).catch((err: unknown) => log.error({ err }, "the channels could not all be changed")));
  }

  async function open(name: ChannelName, settings: ChannelSettings): Promise<void> {
    const since = now();
    const link: OwnLink = {
      name,
      settings,
      connector: null,
      error: null,
      isConnected: null,
      status: () => (settings.enabled ? (link.connector?.status() ?? { state: link.error === null ? "connecting" : "disconnected", since, error: link.error }) : null),
    };
    links.set(name, link);
    if (!settings.enabled) return;
    try {
      const load = connectors[name];
      if (!load) throw new Error("this version has no connector for it");
      // Which settings belong to which connector is the table's type, which a variable name cannot tell.
      const create = (await load()) as (options: Omit<ConnectorOptions<ChannelName>, "settings"> & { settings: ChannelSettings }) => Connector;
      const events = { received: (message: InboundMessage) => received(link, message), changed: (status: ConnectorStatus) => tell(link, status) };
      link.connector = create({ settings, events, log });
      link.connector.start();
      started(name);
    } catch (thrown) {
      link.error = `The connector could not be started: ${thrown instanceof Error ? thrown.message : "it says nothing of why"}.`;
      log.error({ channel: name, err: thrown }, "a channel could not be started");
    }
  }

  /** To be connecting says nothing new of a channel that was not connected before. */
  function tell(link: OwnLink, { state, error }: Pick<ConnectorStatus, "state" | "error">): void {
    const isConnected = state === "connected";
    if (isConnected === link.isConnected || (state === "connecting" && link.isConnected === null)) return;
    link.isConnected = isConnected;
    changed(link, isConnected, error);
  }

  async function close(name: ChannelName): Promise<void> {
    const link = links.get(name);
    links.delete(name);
    if (!link?.connector) return;
    await link.connector.stop().catch((err: unknown) => log.error({ channel: name, err }, "a channel could not be stopped in order"));
    if (link.isConnected) tell(link, { state: "disconnected", error: null });
  }

  return {
    list: () => [...links.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    find: (name) => links.get(name as ChannelName),
    connector(name) {
      const connector = links.get(name)?.connector;
      if (!connector) throw new ConnectorError("unavailable", `The channel ${name} is not connected.`);
      return connector;
    },
    use: (settings) =>
      inTurn(async () => {
        const names = Object.keys(settings) as ChannelName[];
        await Promise.all(
          names.map(async (name) => {
            const next = settings[name];
            const before = links.get(name);
            if (before && next && isDeepStrictEqual(before.settings, next)) return;
            await close(name);
            if (next) await open(name, next);
          }),
        );
      }),
    stop: () => inTurn(async () => void (await Promise.all([...links.keys()].map(close)))),
  };
}
