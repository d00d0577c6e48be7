import { GatewayCloseCodes, GatewayDispatchEvents, GatewayIntentBits, GatewayOpcodes, type GatewayDispatchPayload, type GatewayReceivePayload } from "discord-api-types/v10";
import { WebSocket, type RawData } from "ws";
import { networkReason } from "./rest.ts";

/** What Discord knows a connection by, so that another can go on where it ended. */
export interface GatewaySession {
  id: string;
  resumeUrl: string;
  /** Number of the last dispatch that was taken. */
  sequence: number;
}

/** How a connection ended. */
export interface Ending {
  /** Discord will not have this bot, whenever it comes. */
  isRefusal: boolean;
  /** In words for an operator. */
  reason: string;
  /** What to resume; null when there is nothing, or Discord has forgotten it. */
  session: GatewaySession | null;
  /** Whether there was anybody at the URL who speaks the protocol. */
  isReached: boolean;
  /** How long Discord wants to be left alone. */
  retryAfterMs?: number;
}

export interface GatewayLink {
  /** Resolves once the socket is closed. */
  readonly ended: Promise<Ending>;
  /** Says goodbye, which ends Discord's session. */
  close(): void;
}

export interface LinkOptions {
  url: string;
  token: string;
  /** Null: begins a new one. */
  session: GatewaySession | null;
  /** READY, RESUMED and everything else, in order. False: it has not been taken. The connection ends, and the next one gets it again. */
  onDispatch(dispatch: GatewayDispatchPayload): boolean;
  random(): number;
}

const intents = GatewayIntentBits.Guilds | GatewayIntentBits.GuildMessages | GatewayIntentBits.DirectMessages | GatewayIntentBits.MessageContent;

/** For the handshake, the greeting and the beginning of the session together. */
const setUpMs = 30_000;
/** So long the other side has to answer a goodbye. */
const goodbyeMs = 1_000;

/**
 * One connection to Discord's gateway: https://docs.discord.com/developers/events/gateway#connections
 *
 * `@discordjs/ws` (1.2.3, also what discord.js connects with) is not used: it connects anew by itself, every half second, for ever;
 * and ended while it connects, it leaves a socket without listeners behind, whose time-out ends the process.
 */
export function openLink({ url, token, session: known, onDispatch, random }: LinkOptions): GatewayLink {
  let session = known;
  let isReached = false;
  let isAcknowledged = true;
  let ending: Pick<Ending, "reason" | "isRefusal"> | undefined;
  let heartbeat: NodeJS.Timeout | undefined;
  const socket = new WebSocket(gatewayUrl(url), { perMessageDeflate: false, handshakeTimeout: setUpMs });
  const setUp = setTimeout(() => cut("Discord's gateway did not answer in time."), setUpMs);

  socket.on("message", (data) => {
    const payload = ending ? undefined : parse(data);
    if (payload) take(payload);
  });
  // `close` follows each.
  socket.on("error", (error) => (ending ??= { isRefusal: false, reason: `Discord's gateway cannot be reached: ${networkReason(error)}` }));
  const ended = new Promise<Ending>((resolve) => {
    socket.on("close", (code, text) => {
      clearTimeout(setUp);
      clearTimeout(heartbeat);
      if (code === GatewayCloseCodes.InvalidSeq || code === GatewayCloseCodes.SessionTimedOut) session = null;
      resolve({ ...(ending ?? endingOf(code, text.toString())), session, isReached });
    });
  });

  function take(payload: GatewayReceivePayload): void {
    switch (payload.op) {
      case GatewayOpcodes.Hello:
        isReached = true;
        beat(payload.d.heartbeat_interval, payload.d.heartbeat_interval * random());
        if (session) say(GatewayOpcodes.Resume, { token, session_id: session.id, seq: session.sequence });
        else say(GatewayOpcodes.Identify, { token, intents, properties: { os: process.platform, browser: "openclaw", device: "openclaw" } });
        return;
      case GatewayOpcodes.Heartbeat:
        say(GatewayOpcodes.Heartbeat, session?.sequence ?? null);
        return;
      case GatewayOpcodes.HeartbeatAck:
        isAcknowledged = true;
        return;
      case GatewayOpcodes.Reconnect:
        cut("Discord asked to connect anew.");
        return;
      case GatewayOpcodes.InvalidSession:
        if (!payload.d) session = null;
        cut("Discord ended the session.");
        return;
      case GatewayOpcodes.Dispatch:
        clearTimeout(setUp);
        if (payload.t === GatewayDispatchEvents.Ready) session = { id: payload.d.session_id, resumeUrl: payload.d.resume_gateway_url, sequence: payload.s };
        if (!onDispatch(payload)) cut("More messages came in than could be stored.");
        else if (session) session.sequence = payload.s;
    }
  }

  function beat(intervalMs: number, delayMs: number): void {
    heartbeat = setTimeout(() => {
      if (!isAcknowledged) {
        cut("Discord's gateway no longer answers.");
        return;
      }
      isAcknowledged = false;
      say(GatewayOpcodes.Heartbeat, session?.sequence ?? null);
      beat(intervalMs, intervalMs);
    }, delayMs);
  }

  function say(op: GatewayOpcodes, d: unknown): void {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ op, d }));
  }

  /** Without a goodbye: Discord keeps the session, for it to be resumed. */
  function cut(reason: string): void {
    ending ??= { isRefusal: false, reason };
    socket.terminate();
  }

  return {
    ended,
    close() {
      ending ??= { isRefusal: false, reason: "The gateway stopped." };
      session = null;
      if (socket.readyState !== WebSocket.OPEN) {
        socket.terminate();
        return;
      }
      socket.close(1000);
      const impatience = setTimeout(() => socket.terminate(), goodbyeMs);
      socket.once("close", () => clearTimeout(impatience));
    },
  };
}

/** Throws for what is no URL of a WebSocket, which would not have come from Discord. */
function gatewayUrl(written: string): URL {
  const url = new URL(written);
  if (!/^wss?:$/.test(url.protocol)) throw new Error(`${url.protocol} is no WebSocket`);
  url.search = "?v=10&encoding=json";
  return url;
}

/** Undefined for what is no JSON: the next loss or heartbeat shows whether anything is left of the connection. */
function parse(data: RawData): GatewayReceivePayload | undefined {
  try {
    return JSON.parse((data as Buffer).toString()) as GatewayReceivePayload;
  } catch {
    return undefined;
  }
}

/** Those close codes after which Discord does not want to see the same again. */
const refusals = new Map<number, string>([
  [GatewayCloseCodes.AuthenticationFailed, "Discord refused the bot token."],
  [GatewayCloseCodes.InvalidShard, "Discord refused the connection as an invalid shard."],
  [GatewayCloseCodes.ShardingRequired, "The bot is in too many servers for one connection."],
  [GatewayCloseCodes.InvalidAPIVersion, "Discord no longer has version 10 of its gateway."],
  [GatewayCloseCodes.InvalidIntents, "Discord refused the gateway's intents as invalid."],
  [GatewayCloseCodes.DisallowedIntents, 'Discord does not let the bot read messages: switch on "Message Content Intent" on the Bot page of the developer portal.'],
]);

function endingOf(code: number, text: string): Pick<Ending, "reason" | "isRefusal"> {
  const refusal = refusals.get(code);
  if (refusal) return { isRefusal: true, reason: refusal };
  return { isRefusal: false, reason: `The connection to Discord was lost (${code}${text && `: ${text}`}).` };
}
