/**
 * The HTTP side that the remote providers share: one bounded pool of kept-alive connections per provider, time-outs,
 * retries, limits, and the turning of every failure into a `GatewayError`.
 *
 * It drives undici's `dispatch` directly. `fetch` was measured at four to five times the CPU of an undici pool and web
 * streams at 1.8 times Node's; without a `Readable` in between, a chunk goes from the socket to the decoder in one call.
 */
import { Pool } from "undici";
import { collectBody } from "./collect-body.ts";
import { dispatchCall, type UpstreamCall, type UpstreamSink } from "./upstream-call.ts";

export interface UpstreamOptions {
  /** The provider's name in the settings; it stands in error messages. */
  name: string;
  baseUrl: string;
  /** Sent with every request; may carry the key. */
  headers: Readonly<Record<string, string>>;
  /** Strings that must never reach a message or a log: the provider's key. */
  secrets?: readonly string[];
  timing?: UpstreamTiming;
  clock?: { now(): number };
  onCall?: OnUpstreamCall | undefined;
}

/** Told of each call when it has ended: `ok`, `cancelled`, or the code of its failure. The duration has the attempts before the last in it. */
export type OnUpstreamCall = (provider: string, outcome: string, durationMs: number) => void;

/** All in milliseconds, all optional. */
export interface UpstreamTiming {
  /** For TCP and TLS. Default 10 s. */
  connectTimeoutMs?: number;
  /** From the request sent to the first byte of a streamed answer. Default 60 s. */
  firstByteTimeoutMs?: number;
  /** Between two reads of an answer; does not run while our own consumer is the slow one. Default 60 s. */
  idleTimeoutMs?: number;
  /** From the request sent to the first byte of a plain JSON answer, before which the model has to write all of it. Default five times `firstByteTimeoutMs`. */
  answerTimeoutMs?: number;
  /** Attempts after the first one. Default 2. */
  retries?: number;
  /** The first wait before a retry is random in [0, this), each later one in twice the range. Default 500 ms. */
  retryBaseMs?: number;
  /** A `Retry-After` longer than this is not waited for but handed to the caller. Default 20 s. */
  maxRetryWaitMs?: number;
  /** Sockets to the provider; more requests wait for a free one. Every open stream holds one. Default 10,000. */
  connections?: number;
}

export interface Upstream {
  /** What the failures of this provider are called in messages. */
  readonly name: string;
  /** POSTs a JSON text and streams a good answer into `sink`. Never throws: failures go to `sink.fail`. `traceparent` is of W3C Trace Context. */
  post(path: string, body: string, stream: boolean, sink: UpstreamSink, signal: AbortSignal, traceparent?: string): UpstreamCall;
  /** GETs a JSON document of at most 32 MB. */
  getJson(path: string, signal: AbortSignal): Promise<unknown>;
  health(): UpstreamHealth;
  close(): Promise<void>;
}

/** When the provider last answered well and last failed, in the clock's milliseconds. */
export interface UpstreamHealth {
  lastSuccessAt: number | null;
  lastErrorAt: number | null;
  /** The stable code of the last failure. */
  lastError: string | null;
  /** Whether the last call failed. */
  isFailing: boolean;
}

/** What one call needs to know of its provider; fixed for the provider's life. */
export interface UpstreamContext {
  name: string;
  pool: Pool;
  secrets: readonly string[];
  idleTimeoutMs: number;
  retries: number;
  retryBaseMs: number;
  maxRetryWaitMs: number;
  now(): number;
  health: UpstreamHealth;
  onCall: OnUpstreamCall | undefined;
}

export function createUpstream(options: UpstreamOptions): Upstream {
  const base = new URL(options.baseUrl);
  const prefix = base.pathname.replace(/\/+$/, "");
  const timing = options.timing ?? {};
  const firstByteTimeoutMs = timing.firstByteTimeoutMs ?? 60_000;
  const answerTimeoutMs = timing.answerTimeoutMs ?? firstByteTimeoutMs * 5;
  const clock = options.clock ?? Date;
  const context: UpstreamContext = {
    name: options.name,
    pool: new Pool(base.origin, {
      connections: timing.connections ?? 10_000,
      connect: { timeout: timing.connectTimeoutMs ?? 10_000 },
      keepAliveTimeout: 30_000,
      // One slow reader must not hold up the others: HTTP/2 would put all streams of a provider on one socket.
      allowH2: false,
    }),
    secrets: (options.secrets ?? []).filter((secret) => secret !== ""),
    idleTimeoutMs: timing.idleTimeoutMs ?? 60_000,
    retries: timing.retries ?? 2,
    retryBaseMs: timing.retryBaseMs ?? 500,
    maxRetryWaitMs: timing.maxRetryWaitMs ?? 20_000,
    now: () => clock.now(),
    health: { lastSuccessAt: null, lastErrorAt: null, lastError: null, isFailing: false },
    onCall: options.onCall,
  };
  const postHeaders = { ...options.headers, "content-type": "application/json" };

  return {
    name: options.name,
    post(path, body, stream, sink, signal, traceparent) {
      const timeoutMs = stream ? firstByteTimeoutMs : answerTimeoutMs;
      return dispatchCall(context, { method: "POST", path: prefix + path, headers: traceparent === undefined ? postHeaders : { ...postHeaders, traceparent }, body, timeoutMs }, sink, signal);
    },
    getJson(path, signal) {
      return collectBody(options.name, (sink) =>
        dispatchCall(context, { method: "GET", path: prefix + path, headers: options.headers, body: null, timeoutMs: firstByteTimeoutMs }, sink, signal),
      );
    },
    health: () => ({ ...context.health }),
    async close() {
      // destroy, not close: whoever closes a provider has drained its turns, and a hanging upstream must not hold the exit up.
      await context.pool.destroy();
    },
  };
}
