import { setTimeout as sleepFor } from "node:timers/promises";
import { GatewayDispatchEvents, type GatewayDispatchPayload } from "discord-api-types/v10";
import type { Logger } from "pino";
import type { ChannelsSettings } from "../../settings/settings.ts";
import { ConnectorError, type Connector, type ConnectorEvents, type ConnectorStatus } from "../port.ts";
import { stayConnected, type GatewayOptions } from "./gateway.ts";
import { toInbound } from "./inbound.ts";
import { createInbox } from "./inbox.ts";
import { createOutbox, maxTextLength, type Outbox } from "./outbox.ts";
import { createDiscordRest } from "./rest.ts";

export interface DiscordOptions {
  settings: Pick<NonNullable<ChannelsSettings["discord"]>, "apiRoot" | "botToken">;
  events: ConnectorEvents;
  log: Logger;
  now?: GatewayOptions["now"];
  random?: GatewayOptions["random"];
  /** Waits between attempts. Rejects when the signal is aborted. */
  sleep?: GatewayOptions["sleep"];
  /** How many messages may wait for being stored. */
  capacity?: number;
}

/** Discord, by a bot: what comes in over its gateway (`gateway.ts`), what goes out over its REST API (`outbox.ts`). */
export function createDiscord({
  settings: { apiRoot, botToken: token },
  events,
  log,
  now = Date.now,
  random = Math.random,
  sleep = (delayMs, signal) => sleepFor(delayMs, undefined, { signal }),
  capacity = 1_000,
}: DiscordOptions): Connector {
  let status: ConnectorStatus = { state: "connecting", since: now(), error: null };
  let running: { outbox: Outbox; stop(): Promise<void> } | undefined;
  let stopped = Promise.resolve();

  function change(state: ConnectorStatus["state"], error: string | null): void {
    if (state === status.state && error === status.error) return;
    status = { state, error, since: state === status.state ? status.since : now() };
    if (error === null) log.info({ channel: "discord", state }, "Discord's state has changed");
    else log.warn({ channel: "discord", state, reason: error }, "Discord is not connected");
    events.changed(status);
  }

  function run(): NonNullable<typeof running> {
    const stopping = new AbortController();
    const rest = createDiscordRest({ apiRoot, token });
    const outbox = createOutbox(rest);
    const inbox = createInbox({ received: events.received, log, random, sleep, capacity });
    const roleIds = new Set<string>();
    const ignoredTypes = new Set<string>();
    let userId = "";

    /** False: too many messages wait. */
    function take(dispatch: GatewayDispatchPayload): boolean {
      switch (dispatch.t) {
        case GatewayDispatchEvents.Ready:
          userId = dispatch.d.user.id;
          return true;
        case GatewayDispatchEvents.GuildCreate:
          // People pick the role of the bot's name from the list as readily as the bot itself.
          for (const { id, tags } of dispatch.d.roles ?? []) if (tags?.bot_id === userId) roleIds.add(id);
          return true;
        case GatewayDispatchEvents.MessageCreate: {
          const message = toInbound(dispatch.d, { userId, roleIds });
          if (message === null) return true;
          if (message.chatType === "direct") outbox.noteDirectChat(message.chatId);
          return inbox.put(message);
        }
        default:
          if (!ignoredTypes.has(dispatch.t)) log.debug({ channel: "discord", type: dispatch.t }, "Discord's events of this type are ignored");
          ignoredTypes.add(dispatch.t);
          return true;
      }
    }

    const connection = stayConnected(
      {
        rest,
        token,
        now,
        random,
        sleep,
        onConnected: () => change("connected", null),
        onLost: ({ isRefusal, reason }) => change(isRefusal ? "disconnected" : "connecting", reason),
        onDispatch(dispatch) {
          try {
            return take(dispatch);
          } catch (error) {
            // One that is not as documented would not be so the next time either.
            log.error({ channel: "discord", type: dispatch.t, err: error }, "an event of Discord's could not be read");
            return true;
          }
        },
      },
      stopping.signal,
    );
    return {
      outbox,
      async stop() {
        stopping.abort();
        rest.close();
        await Promise.all([connection, inbox.close()]);
      },
    };
  }

  function outbox(): Outbox {
    // While the gateway's socket is lost, messages may still get out.
    if (running === undefined || status.state === "disconnected") throw new ConnectorError("unavailable", status.error ?? "Discord is not connected.");
    return running.outbox;
  }

  return {
    channel: "discord",
    maxTextLength,
    editIntervalMs: 1_200,
    typingIntervalMs: 10_000,
    start() {
      if (running) return;
      change("connecting", null);
      running = run();
    },
    async stop() {
      if (running) {
        stopped = running.stop();
        running = undefined;
        change("disconnected", null);
      }
      await stopped;
    },
    status: () => status,
    send: async (...message) => await outbox().send(...message),
    edit: async (...message) => await outbox().edit(...message),
    showTyping: async (...where) => await running?.outbox.showTyping(...where),
  };
}
