import { OpenClawConnectionError, OpenClawError } from "./error.ts";
import { secondsOf } from "./error-from.ts";
import { sleep } from "./sleep.ts";

export interface SentRequest {
  url: string;
  method: string;
  /** Under lower-case names. */
  headers: Record<string, string>;
  body?: string | undefined;
}

export interface SendOptions {
  signal?: AbortSignal | undefined;
  maxRetries: number;
  /** Of all attempts together; without an end when undefined. */
  timeoutMs?: number | undefined;
  /** Whether `read` leaves the body unread, as that of a stream: then the time is up to there, and `signal` holds beyond. */
  isStream?: boolean | undefined;
}

/** Sends a request until there is an answer to keep, and reads that. */
export type Send = <T>(request: SentRequest, options: SendOptions, read: (response: Response) => Promise<T>) => Promise<T>;

/** A longer `Retry-After` is for the caller to decide on. */
const longestAskedSeconds = 10;
const firstWaitMs = 500;
const longestWaitMs = 8000;
/** The gateway asks for a second each: as long as most turns take. A time-out ends it before. */
const mostWaitsForFirst = 300;

/**
 * One request, tried again where nothing can be done twice by it: a GET, and a POST with an `Idempotency-Key`, when there
 * is no answer, or one of 429, 502, 503 and 504; PUT, PATCH and DELETE only when the gateway was not reached or has refused
 * (429, 503). What fetch throws becomes an OpenClawConnectionError; an abort is thrown as the signal has it.
 */
export function createSend(fetch: typeof globalThis.fetch): Send {
  return async (request, { signal, maxRetries, timeoutMs, isStream = false }, read) => {
    const what = isStream ? "The stream did not begin" : "There was no whole answer";
    const limit = timeLimit(signal, timeoutMs, () => new OpenClawConnectionError(`${what} within ${timeoutMs} ms.`, undefined, "timeout"));
    let hasBegun = false;
    try {
      const answer = await attempts(request, maxRetries, limit.signal, read);
      hasBegun = isStream;
      return answer;
    } finally {
      limit.stopClock();
      if (!hasBegun) limit.release();
    }
  };

  async function attempts<T>({ url, ...init }: SentRequest, maxRetries: number, signal: AbortSignal | undefined, read: (response: Response) => Promise<T>): Promise<T> {
    const isRepeatable = init.method === "GET" || "idempotency-key" in init.headers;
    const isSentOnce = init.method === "POST" && !isRepeatable;
    const mostRetries = isSentOnce ? 0 : maxRetries;
    let retries = 0;
    let waitsForFirst = 0;
    for (;;) {
      let waitMs: number | undefined;
      try {
        // In parts and not as a Request, which suits a fetch that is not the platform's own as well.
        const response = await fetch(url, { ...init, signal: signal ?? null } as RequestInit);
        const isUnderWay = response.status === 409 && isRepeatable && retries > 0 && waitsForFirst < mostWaitsForFirst;
        if (isUnderWay || retries < mostRetries) waitMs = waitOf(response, { retries, isRepeatable, isUnderWay });
        if (waitMs === undefined) return await read(response);
        if (isUnderWay) waitsForFirst++;
        else retries++;
        await response.body?.cancel();
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof OpenClawError) throw error;
        if (retries >= mostRetries || !(isRepeatable || isRefused(error))) throw new OpenClawConnectionError(`No answer from ${new URL(url).origin}: ${reasonOf(error)}`, error);
        waitMs = backoffMs(retries++);
      }
      await sleep(waitMs, signal);
    }
  }
}

/** How long to wait before it is tried again; undefined when that is of no use. */
function waitOf({ status, headers }: Response, { retries, isRepeatable, isUnderWay }: { retries: number; isRepeatable: boolean; isUnderWay: boolean }): number | undefined {
  const seconds = secondsOf(headers.get("retry-after"));
  if (isUnderWay) return seconds === undefined ? undefined : jittered(seconds * 1000);
  if (status !== 429 && status !== 503 && !(isRepeatable && (status === 502 || status === 504))) return undefined;
  if (seconds === undefined) return backoffMs(retries);
  return seconds <= longestAskedSeconds ? jittered(seconds * 1000) : undefined;
}

const backoffMs = (retries: number) => Math.min(firstWaitMs * 2 ** retries, longestWaitMs) * (0.5 + Math.random() / 2);

/** Never earlier than asked, and not all clients at once. */
const jittered = (ms: number) => ms * (1 + Math.random() / 10);

/** A signal that also aborts when the time is up, until its clock is stopped; once released, it no longer hears of the caller's. */
function timeLimit(signal: AbortSignal | undefined, timeoutMs: number | undefined, late: () => Error): { signal: AbortSignal | undefined; stopClock: () => void; release: () => void } {
  if (timeoutMs === undefined) return { signal, stopClock() {}, release() {} };
  const controller = new AbortController();
  const abort = () => controller.abort(signal?.reason);
  if (signal?.aborted) abort();
  signal?.addEventListener("abort", abort, { once: true });
  const timer = setTimeout(() => controller.abort(late()), timeoutMs);
  return {
    signal: controller.signal,
    stopClock: () => clearTimeout(timer),
    release: () => signal?.removeEventListener("abort", abort),
  };
}

/** Only Node tells; a browser keeps to itself why. */
function isRefused(error: unknown): boolean {
  return error instanceof Error && codeOf(error.cause) === "ECONNREFUSED";
}

/** fetch says only that it failed; why is in the cause, where the platform tells. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const message = cause instanceof Error && cause.message !== "" ? cause.message : undefined;
  return message ?? codeOf(cause) ?? (error instanceof Error ? error.message : String(error));
}

function codeOf(cause: unknown): string | undefined {
  return typeof cause === "object" && cause !== null && "code" in cause && typeof cause.code === "string" ? cause.code : undefined;
}
