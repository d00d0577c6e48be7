import { setTimeout as sleep } from "node:timers/promises";
import { SocketModeClient } from "@slack/socket-mode";
import type { Logger } from "@slack/web-api";
import { ConnectorError } from "../port.ts";
import { clientOptions, toConnectorError } from "./api.ts";

/** One connection to Slack in socket mode. */
export interface SlackSocket {
  /** Resolves when another connection is needed: Slack will soon end this one, or it is gone. */
  readonly ended: Promise<SocketEnd>;
  /** Ends it. May be called twice. */
  close(): Promise<void>;
}

/** `isOpen`: it still delivers, for about ten seconds, so that the next can be there before it goes. */
export type SocketEnd = { isOpen: true } | { isOpen: false; reason: string };

export interface Envelope {
  /** `events_api` and others. */
  type: string;
  /** Of `events_api`, the body with the `event`. */
  body: unknown;
  /** Tells Slack that it has arrived; otherwise Slack delivers it again. */
  ack(): Promise<void>;
}

export interface SocketOptions {
  apiRoot: string;
  appToken: string;
  logger: Logger;
  signal: AbortSignal;
  onEnvelope(envelope: Envelope): void;
  helloTimeoutMs?: number | undefined;
}

/**
 * Opens one and waits until Slack says hello. Throws ConnectorError.
 *
 * The library's client is used for one connection only. Its own reconnecting waits five seconds without jitter, gives up on
 * a network failure (by a rejection that nobody can catch), and closes the old connection before there is a new one.
 */
export async function openSocket({ apiRoot, appToken, logger, signal, onEnvelope, helloTimeoutMs = 30_000 }: SocketOptions): Promise<SlackSocket> {
  const given = AbortSignal.any([signal, AbortSignal.timeout(helloTimeoutMs)]);
  const client = new Socket({ appToken, logger, autoReconnectEnabled: false, clientOptions: clientOptions(apiRoot, given) });
  const ended = Promise.withResolvers<SocketEnd>();
  let problem: string | undefined;
  // A connection that is cut, or refused by each of several addresses, has an error with no message, and may have a code.
  client.on("error", ({ message, cause }: Error) => (problem = message || (cause as NodeJS.ErrnoException | undefined)?.code));
  client.on("goodbye", (reason: string) => {
    if (passing.has(reason)) return ended.resolve({ isOpen: true });
    problem = reason === "link_disabled" ? "Socket mode is switched off for the app" : `Slack said ${reason}`;
    void client.close();
  });
  client.on("unread", () => logger.warn("an envelope of Slack holds no event"));
  client.on("disconnected", () => ended.resolve({ isOpen: false, reason: `The connection to Slack was lost: ${problem ?? "Slack closed it"}.` }));
  client.on("slack_event", (envelope: Envelope) => onEnvelope(envelope));

  const aborted = Promise.withResolvers<never>();
  given.addEventListener("abort", () => aborted.reject(new ConnectorError("unavailable", "Slack did not say hello in time.")), { once: true });
  const started = client.start();
  try {
    await Promise.race([started, aborted.promise]);
  } catch (error) {
    // Whatever the library still does about it ends with the connection it may open.
    started.then(() => client.close(), () => {});
    await client.close();
    // Closed before the hello, it rejects with nothing.
    throw error === undefined ? new ConnectorError("unavailable", `Slack's socket cannot be opened: ${problem ?? "Slack closed it"}.`) : toConnectorError(error);
  } finally {
    // From now on the time-out means nothing.
    aborted.promise.catch(() => {});
  }
  return { ended: ended.promise, close: () => client.close() };
}

/** Reasons of a `disconnect` that are every few hours' business. See https://docs.slack.dev/apis/events-api/using-socket-mode. */
const passing: ReadonlySet<string> = new Set(["warning", "refresh_requested"]);

/** How long Slack is given to answer that we close; it need not. */
const closingMs = 1_000;

class Socket extends SocketModeClient {
  /** The library closes on each `disconnect`, and an envelope without an event (`app_rate_limited`) would end the process. */
  protected override async onWebSocketMessage(data: string | ArrayBuffer, isBinary: boolean): Promise<void> {
    try {
      const reason = goodbyeOf(data);
      if (reason === undefined) await super.onWebSocketMessage(data, isBinary);
      else this.emit("goodbye", reason);
    } catch {
      this.emit("unread");
    }
  }

  /** The library waits half a minute for the other side; its second call ends that, and whatever timer the first has left. */
  async close(): Promise<void> {
    const waiting = new AbortController();
    await Promise.race([this.disconnect(), sleep(closingMs, undefined, { signal: waiting.signal }).catch(() => {})]);
    waiting.abort();
    await this.disconnect();
  }
}

function goodbyeOf(data: string | ArrayBuffer): string | undefined {
  if (typeof data !== "string" || !data.includes('"disconnect"')) return undefined;
  const frame = JSON.parse(data) as { type?: unknown; reason?: unknown };
  return frame.type === "disconnect" ? String(frame.reason) : undefined;
}
