import { addAbortListener } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { createBackoff } from "../../backoff.ts";
import { ConnectorError, type ConnectorStatus } from "../port.ts";
import type { SlackSocket } from "./socket.ts";

/** Keeps one socket open from `start` to `stop`. */
export interface Connection {
  start(): void;
  stop(): Promise<void>;
  status(): ConnectorStatus;
}

export interface ConnectionOptions {
  /** Throws ConnectorError; `refused` for tokens that Slack does not take. */
  open(signal: AbortSignal): Promise<SlackSocket>;
  changed(status: ConnectorStatus): void;
  log: Logger;
  now(): number;
  random(): number;
  /** Resolves after the time, or rejects by the signal. */
  wait?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined;
}

/** After so long, a connection is taken for a good one, and the next loss for the first. */
const stableMs = 60_000;
/** Wrong tokens are not right again by themselves. */
const refusedRetryMs = 60_000;

export function createConnection({ open, changed, log, now, random, wait = waitFor }: ConnectionOptions): Connection {
  let status: ConnectorStatus = { state: "disconnected", since: now(), error: null };
  let running: { stop: AbortController; done: Promise<void> } | undefined;

  async function run(signal: AbortSignal): Promise<void> {
    const backoff = createBackoff(random);
    let socket: SlackSocket | undefined;
    while (!signal.aborted) {
      let delayMs: number;
      try {
        const next = await open(signal);
        const openedAt = now();
        set("connected", null);
        // Only now, so that there is always one for what comes in.
        await socket?.close();
        socket = next;
        const stopping = addAbortListener(signal, () => void next.close());
        const end = await next.ended;
        stopping[Symbol.dispose]();
        if (signal.aborted) break;
        const isStable = now() - openedAt >= stableMs;
        if (isStable) backoff.reset();
        if (!end.isOpen) set("connecting", end.reason);
        delayMs = end.isOpen && isStable ? 0 : backoff.nextMs();
      } catch (error) {
        if (signal.aborted) break;
        const { kind, message, retryAfterMs } = error instanceof ConnectorError ? error : new ConnectorError("unavailable", String(error));
        set(kind === "refused" ? "disconnected" : "connecting", message);
        delayMs = kind === "refused" ? refusedRetryMs : Math.max(retryAfterMs ?? 0, backoff.nextMs());
      }
      if (delayMs > 0) await wait(delayMs, signal).catch(() => {});
    }
    await socket?.close();
  }

  function set(state: ConnectorStatus["state"], error: string | null): void {
    if (status.state === state && status.error === error) return;
    status = { state, since: status.state === state ? status.since : now(), error };
    if (error === null) log.info({ channel: "slack", state }, `a channel is ${state}`);
    else log.warn({ channel: "slack", state, reason: error }, "a channel is not connected");
    changed(status);
  }

  return {
    start() {
      if (running) return;
      const stop = new AbortController();
      set("connecting", null);
      running = { stop, done: run(stop.signal) };
    },
    async stop() {
      if (!running) return;
      const { stop, done } = running;
      stop.abort();
      await done;
      running = undefined;
      set("disconnected", null);
    },
    status: () => status,
  };
}

const waitFor = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal });
