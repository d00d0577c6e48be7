import { setTimeout as sleep } from "node:timers/promises";
import { endlessStreams } from "../mock/events.ts";
import { methodsAt, operationOf, type OperationId } from "./contract.ts";
import { mediaTypeOf, wrongBearer, type Exchange, type Sent } from "./exchange.ts";

/** A request by the contract's names. */
export interface CallRequest {
  path?: Record<string, string>;
  query?: Record<string, string | readonly string[]>;
  json?: unknown;
  /** A body as it stands, instead of `json`. */
  body?: string;
  headers?: Record<string, string>;
  /** `Authorization` in place of the token's; null for none. */
  authorization?: string | null;
  /** In place of the operation's. */
  method?: string;
}

export interface CallerOptions {
  baseUrl: string;
  token: string;
  /** Longest time for one answer. */
  timeoutMs: number;
  /** Told of each answer. */
  onAnswer?: (exchange: Exchange) => void;
  /** Told of each wait that the server asked for (429). */
  onWait?: (seconds: number) => void;
}

export type Call = (id: OperationId, request?: CallRequest) => Promise<Exchange>;

/** An answer that did not come, or not whole. */
export class NoAnswer extends Error {
  readonly sent: Sent;

  constructor(sent: Sent, cause: unknown) {
    const { name, message, cause: inner } = cause as Error;
    super(name === "TimeoutError" ? "no answer in time" : inner instanceof Error ? `${message}: ${inner.message}` : message, { cause });
    this.sent = sent;
  }
}

/** A limit that says to wait longer is an answer. */
const longestWaitSeconds = 120;
const mostWaits = 10;
/** After so many requests in a row without an answer nothing is sent any more. */
const mostSilences = 20;

/**
 * Calls operations and reads their answers whole. Where the server says that there were too many requests (429), all wait as long as
 * it says, and the request is sent again. Throws NoAnswer, and without asking once the server has been silent for long.
 */
export function createCaller({ baseUrl, token, timeoutMs, onAnswer, onWait }: CallerOptions): Call {
  let pausedUntil = 0;
  let silences = 0;

  return async function call(id, request = {}) {
    const sent = sentOf(baseUrl, token, id, request);
    for (let waits = 0; ; waits++) {
      if (pausedUntil > Date.now()) await sleep(pausedUntil - Date.now());
      if (silences >= mostSilences) throw new NoAnswer(sent, new Error(`not sent: ${mostSilences} requests before it had no answer`));
      silences++;
      const exchange = await send(id, sent, timeoutMs);
      silences = 0;
      const seconds = Number(exchange.headers.get("Retry-After") ?? Number.NaN);
      // Who tries a wrong token is told so, too; there is nothing to wait for.
      if (exchange.status !== 429 || request.authorization === wrongBearer || !(seconds <= longestWaitSeconds) || waits === mostWaits) {
        onAnswer?.(exchange);
        return exchange;
      }
      if (pausedUntil < Date.now()) onWait?.(seconds);
      pausedUntil = Math.max(pausedUntil, Date.now() + seconds * 1000);
    }
  };
}

function sentOf(baseUrl: string, token: string, id: OperationId, { path = {}, query = {}, json, body, headers = {}, authorization, method }: CallRequest): Sent {
  const operation = operationOf(id);
  const url = new URL(baseUrl + pathOf(id, path));
  for (const [name, values] of Object.entries(query)) for (const value of [values].flat()) url.searchParams.append(name, value);
  const asked = authorization === undefined ? (operation.permission === "none" ? null : `Bearer ${token}`) : authorization;
  return {
    method: method ?? operation.method,
    url: url.href,
    headers: {
      ...(asked !== null && { Authorization: asked }),
      ...((json !== undefined || body !== undefined) && { "Content-Type": "application/json" }),
      ...headers,
    },
    body: json === undefined ? body : JSON.stringify(json),
  };
}

/** The path of an operation with these ids; an id that is not given stays open. */
function pathOf(id: OperationId, path: Record<string, string>): string {
  return operationOf(id).path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? `{${name}}`));
}

export function methodsOf(id: OperationId, path: Record<string, string>): string[] {
  return methodsAt(pathOf(id, path));
}

async function send(operationId: OperationId, sent: Sent, timeoutMs: number): Promise<Exchange> {
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(new DOMException("no answer in time", "TimeoutError")), timeoutMs);
  try {
    const { status, headers, body } = await fetch(sent.url, { method: sent.method, headers: sent.headers, body: sent.body ?? null, redirect: "manual", signal: over.signal });
    const mediaType = mediaTypeOf(headers);
    const isStream = mediaType === "text/event-stream";
    const whole = isStream && endlessStreams.has(operationId) ? await readSome(body!, over) : await new Response(body).text();
    const text = isStream ? withPlainLineEnds(whole) : whole;
    return { operationId, sent, status, headers, mediaType, text };
  } catch (error) {
    throw new NoAnswer(sent, error);
  } finally {
    clearTimeout(timer);
  }
}

const enoughEvents = 3;
const quietMs = 500;

/** The first events of a stream without an end, whole ones only. */
async function readSome(body: ReadableStream<Uint8Array>, over: AbortController): Promise<string> {
  const quiet = setTimeout(() => over.abort(), quietMs);
  let text = "";
  try {
    for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (withPlainLineEnds(text).split("\n\n").length > enoughEvents) break;
    }
  } catch (error) {
    if (!over.signal.aborted || (over.signal.reason as Error).name === "TimeoutError") throw error;
  } finally {
    clearTimeout(quiet);
  }
  const lines = withPlainLineEnds(text);
  return lines.slice(0, lines.lastIndexOf("\n\n") + 2).replace(/^\n$/, "");
}

/** Lines of Server-Sent Events may end in any of these. */
function withPlainLineEnds(text: string): string {
  return text.replaceAll(/\r\n?/g, "\n");
}
