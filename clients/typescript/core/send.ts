import { OpenClawConnectionError, OpenClawError } from "./error.ts";
import { secondsOf } from "./error-from.ts";
import { sleep } from "./sleep.ts";

export interface SendOptions {
  signal?: AbortSignal | undefined;
  /** Whether a GET is tried again by itself. Default true. */
  retry?: boolean;
}

export type Send = (request: Request, options?: SendOptions) => Promise<Response>;

const mostRetries = 2;
/** A longer `Retry-After` is for the caller to decide on. */
const longestWaitSeconds = 10;

/**
 * One HTTP exchange. A GET is tried twice more when the gateway is not there (connection refused) and on a 503 or 429 that
 * says when to come back; anything that might begin a turn is sent exactly once. What fetch throws becomes an
 * OpenClawConnectionError; an abort is thrown as the signal has it.
 */
export function createSend(fetch: typeof globalThis.fetch): Send {
  return async (request, { signal, retry = true } = {}) => {
    const { origin } = new URL(request.url);
    const body = request.body === null ? undefined : await request.text();
    // The signal goes to fetch itself and not by way of the Request, which holds on to it only weakly. In parts, the
    // request also suits a fetch that is not the platform's own.
    const init: RequestInit = { method: request.method, headers: Object.fromEntries(request.headers), signal: signal ?? null, ...(body === undefined ? {} : { body }) };
    const retries = retry && request.method === "GET" ? mostRetries : 0;
    for (let attempt = 0; ; attempt++) {
      let response: Response;
      try {
        response = await fetch(request.url, init);
      } catch (error) {
        signal?.throwIfAborted();
        if (attempt >= retries || !isRefused(error)) throw new OpenClawConnectionError(`No answer from ${origin}: ${reasonOf(error)}`, error);
        await sleep(250 * 2 ** attempt, signal);
        continue;
      }
      const waitSeconds = attempt < retries ? waitOf(response) : undefined;
      if (waitSeconds === undefined) return checkMediaType(response, origin);
      await response.body?.cancel();
      await sleep(waitSeconds * 1000, signal);
    }
  };
}

function waitOf({ status, headers }: Response): number | undefined {
  const seconds = status === 503 || status === 429 ? secondsOf(headers.get("retry-after")) : undefined;
  return seconds !== undefined && seconds <= longestWaitSeconds ? seconds : undefined;
}

/** Says so when something else than a gateway answers at the address, such as a web page. */
function checkMediaType(response: Response, origin: string): Response {
  const mediaType = response.headers.get("content-type") ?? "";
  if (response.ok && response.status !== 204 && !/\bjson\b|\bevent-stream\b/.test(mediaType)) {
    void response.body?.cancel();
    throw new OpenClawError({
      code: "unexpected_answer",
      message: `The answer is \`${mediaType}\`, not JSON or events: is ${origin} an OpenClaw gateway?`,
      status: response.status,
      headers: Object.fromEntries(response.headers),
    });
  }
  return response;
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
