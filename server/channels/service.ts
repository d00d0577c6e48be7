import type { Logger } from "pino";
import type { Chat } from "../chat/service.ts";
import { type ChannelName, type Connector, ConnectorError, type ConnectorStatus, type WebhookConnector } from "../connectors/port.ts";
import { GatewayError } from "../errors.ts";
import type { EventWriter } from "../events/writer.ts";
import { newId } from "../ids.ts";
import { maySee, type Principal } from "../keys/principal.ts";
import type { Runs } from "../runs/service.ts";
import type { Sessions } from "../sessions/service.ts";
import type { ChannelsSettings } from "../settings/settings.ts";
import { createRetention } from "../storage/retention.ts";
import type { Workspaces } from "../workspaces/service.ts";
import { type Patience, patienceOfAnswers, patienceOfRequests } from "./attempt.ts";
import type { ConnectorTable } from "./connectors.ts";
import { createInbox } from "./inbox.ts";
import { createLinks, type Link } from "./links.ts";
import { tooManyWaiting } from "./notices.ts";
import { createOutbox, type SentText } from "./outbox.ts";
import { createRarely } from "./rarely.ts";
import { isStopping, notConnected, unsent } from "./send-errors.ts";
import type { ChannelCounts, ChannelStore } from "./store.ts";
import { createTurns } from "./turns.ts";

export type { ChannelCounts } from "./store.ts";

/** A channel of the settings, as it is now. */
export interface Channel extends ChannelCounts {
  name: ChannelName;
  workspaceId: string;
  /** Null where the settings switch it off. */
  status: ConnectorStatus | null;
}

/** A message for a chat. */
export interface ChannelMessage {
  channel: string;
  chatId: string;
  message: string;
}

/** What a platform has taken. */
export interface SentChannelMessage extends SentText {
  channel: ChannelName;
  chatId: string;
}

/** Whose text it is, and how long it may take to get out. */
export interface SendOptions {
  /** How the text is to be read. */
  format: "plain" | "markdown";
  /** Whether it is waited for a platform that is out of reach for minutes, as it is with answers. */
  isPatient?: boolean;
}

/** The messaging platforms. A key sees those whose messages come into its workspaces. */
export interface Channels {
  list(principal: Principal): Promise<Channel[]>;
  /** The state of each that is switched on, by name. */
  states(principal: Pick<Principal, "workspaces">): Record<string, ConnectorStatus["state"]>;
  /** Whether any that is switched on cannot connect, or was cut off and is not back. The first attempt is no failure yet. */
  readonly isFailing: boolean;
  /**
   * Resolves once the platform has the message. Throws `not_found` (no such channel), `service_unavailable` (switched off, not
   * connected, too busy), `provider_error` (refused; or it is not known whether it arrived; or only parts of it did).
   */
  send(principal: Principal, message: ChannelMessage, options: SendOptions): Promise<SentChannelMessage>;
  /** What is in force now. */
  settings(): ChannelsSettings;
  /** The connector that the platform calls, where the channel has one that is. */
  webhook(name: ChannelName): WebhookConnector | null;
  /** Connects; what comes of it shows in the states. */
  start(): void;
  /** Goes over to other settings: only the channels whose own have changed are connected anew. */
  use(settings: ChannelsSettings): Promise<void>;
  /** Begins no turn any more, and lets answers that are under way get out for a while. The rest waits for the next start. */
  drain(timeoutMs: number): Promise<void>;
  /** Lets go of the platforms. */
  stop(): Promise<void>;
}

export interface ChannelsOptions {
  settings: ChannelsSettings;
  store: ChannelStore;
  connectors: ConnectorTable;
  events: Pick<EventWriter, "write">;
  chat: Pick<Chat, "begin">;
  runs: Pick<Runs, "get" | "open">;
  sessions: Pick<Sessions, "find" | "clear">;
  workspaces: Pick<Workspaces, "getFor">;
  /** With whose rights the messages of a channel are answered. */
  principalOf(channel: ChannelName, workspaceId: string): Principal;
  log: Logger;
  now: () => number;
}

/** How many messages of one chat may wait. */
const mostWaiting = 50;

/** How often a chat is told that too many of its messages wait. */
const toldEveryMs = 60_000;

/** How long a platform may deliver a message again that was answered. */
const keptDays = 7;

/** How long the end of a turn that was stopped has to be told. */
const graceMs = 1_000;

export function createChannels({ settings, store, connectors, events, chat, runs, sessions, workspaces, principalOf, log, now }: ChannelsOptions): Channels {
  const hurrying = new AbortController();
  const cutting = new AbortController();
  const hurry = hurrying.signal;
  const cut = cutting.signal;
  const retention = createRetention({ store, what: "messages of channels", log, now, days: keptDays });
  const mayTell = createRarely(toldEveryMs, now);
  let isStarted = false;

  const links = createLinks({
    connectors,
    async received({ name: channel, settings: { workspace: workspaceId } }, message) {
      const outcome = await store.take({ ...message, channel, workspaceId, runId: newId("run"), receivedAt: now() }, mostWaiting);
      if (outcome === "taken") inbox.wake(channel, message.chatId);
      if (outcome !== "full" || !mayTell(`${channel}:${message.chatId}`)) return;
      log.warn({ channel, chatId: message.chatId }, "messages are not answered: too many of their chat wait");
      void outbox.notice({ ...message, channel }, tooManyWaiting).catch(() => {});
    },
    changed({ name: channel, settings: { workspace } }, isConnected, reason) {
      const event = { at: now(), workspaceId: workspace, sessionId: null, messageId: null };
      void events
        .write(isConnected ? { ...event, type: "channel.connected", data: { channel } } : { ...event, type: "channel.disconnected", data: { channel, reason } })
        .catch((err: unknown) => log.error({ channel, err }, "how a channel is connected could not be noted"));
    },
    started: (name) => void inbox.wakeAll(name).catch((err: unknown) => log.error({ channel: name, err }, "what waits in a channel could not be looked for")),
    log,
    now,
  });
  const outbox = createOutbox({ links, store, hurry, cut, log, now });
  const answer = createTurns({ chat, runs, sessions, workspaces, principalOf, links, outbox, hurry, cut, log, now });
  const inbox = createInbox({ store, answer, isOpen: (name) => links.find(name)?.connector != null, hurry, log });

  const visible = (principal: Pick<Principal, "workspaces">): Link[] => links.list().filter((link) => maySee(principal, link.settings.workspace));

  function linkFor(principal: Principal, name: string): Link {
    const known = visible(principal);
    const link = known.find((candidate) => candidate.name === name);
    if (link) return link;
    const names = known.map((candidate) => candidate.name);
    const which = names.length === 0 ? "There is none here" : `Those there are: ${names.map((one) => `\`${one}\``).join(", ")}`;
    throw new GatewayError("not_found", `There is no channel \`${name}\`. ${which}.`, { details: { channels: names } });
  }

  return {
    async list(principal) {
      const counts = await store.counts();
      return visible(principal).map((link) => {
        const { received = 0, sent = 0, failed = 0, lastMessageAt = null } = counts.get(link.name) ?? {};
        return { name: link.name, workspaceId: link.settings.workspace, status: link.status(), received, sent, failed, lastMessageAt };
      });
    },
    states(principal) {
      return Object.fromEntries(visible(principal).flatMap((link) => {
        const status = link.status();
        return status ? [[link.name, status.state]] : [];
      }));
    },
    get isFailing() {
      return links.list().some((link) => {
        const status = link.status();
        return status !== null && (status.state === "disconnected" || status.error !== null);
      });
    },
    async send(principal, { channel, chatId, message }, { format, isPatient = false }) {
      const link = linkFor(principal, channel);
      if (message.trim() === "") throw new GatewayError("bad_request", "/message has nothing in it to send.", { details: { errors: [{ path: "/message", message: "has nothing in it to send" }] } });
      const patience: Patience = isPatient ? patienceOfAnswers : patienceOfRequests;
      const status = link.status();
      if (status === null || (!isPatient && status.state !== "connected")) throw notConnected(link.name, status);
      try {
        return { ...(await outbox.send(link, chatId, { text: message, format }, patience)), channel: link.name, chatId };
      } catch (thrown) {
        if (thrown === hurry.reason) throw isStopping();
        if (thrown instanceof ConnectorError) throw notConnected(link.name, link.status());
        throw unsent(link.name, thrown);
      }
    },
    settings: () => settings,
    webhook(name) {
      const connector = links.find(name)?.connector;
      return connector && isWebhook(connector) ? connector : null;
    },
    start() {
      isStarted = true;
      void links.use(settings);
    },
    async use(next) {
      settings = next;
      if (isStarted) await links.use(next);
    },
    async drain(timeoutMs) {
      isStarted = false;
      hurrying.abort(isStopping());
      const timer = setTimeout(() => cutting.abort(hurry.reason), timeoutMs + graceMs);
      await inbox.settled();
      clearTimeout(timer);
    },
    async stop() {
      hurrying.abort(isStopping());
      cutting.abort(hurry.reason);
      await inbox.settled();
      await links.stop();
      await retention.close();
    },
  };
}

function isWebhook(connector: Connector): connector is Connector & WebhookConnector {
  return "takeCallback" in connector;
}
