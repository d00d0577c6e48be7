import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRequestError, WebClient, type Logger, type WebClientOptions } from "@slack/web-api";
import { ConnectorError } from "../port.ts";
import { inWords, nothingKnown, outOfService } from "./refusals.ts";

/** Slack's Web API, one attempt a call. */
export interface SlackApi {
  /** Throws ConnectorError. */
  call<Answer>(use: (slack: WebClient) => Promise<Answer>, signal: AbortSignal, timeoutMs?: number): Promise<Answer>;
}

const defaultTimeoutMs = 30_000;

/**
 * A client a call, as that is how the library can be given a signal for it (it costs 30 µs, a hundredth of any call).
 * `token`: the bot's.
 */
export function createSlackApi({ apiRoot, token, logger }: { apiRoot: string; token: string; logger: Logger }): SlackApi {
  return {
    async call(use, signal, timeoutMs = defaultTimeoutMs) {
      if (signal.aborted) throw new ConnectorError("unavailable", "Slack is not connected.");
      try {
        return await use(new WebClient(token, { ...clientOptions(apiRoot, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])), logger }));
      } catch (error) {
        throw toConnectorError(error);
      }
    },
  };
}

/** One attempt is one attempt: the library's retries, which by default go on for half an hour, are off. */
export function clientOptions(slackApiUrl: string, signal: AbortSignal): Omit<WebClientOptions, "logger" | "logLevel"> {
  return {
    slackApiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    fetch: async (url, init) => {
      const response = await fetch(url, { ...init, signal });
      // The library knows no 429 without `Retry-After`, which a proxy before Slack may send.
      if (response.status === 429) throw rateLimited(Number(response.headers.get("retry-after")));
      return response;
    },
  };
}

/** What went wrong in a call of the library, as the port has it. */
export function toConnectorError(error: unknown): ConnectorError {
  if (error instanceof ConnectorError) return error;
  if (error instanceof WebAPIPlatformError) return fromAnswer(error);
  if (error instanceof WebAPIHTTPError) {
    return new ConnectorError(error.statusCode >= 500 ? "unavailable" : "refused", `Slack answered with status ${error.statusCode}.`, { cause: error });
  }
  if (error instanceof WebAPIRequestError) return error.original instanceof ConnectorError ? error.original : fromNetwork(error.original);
  return fromNetwork(error);
}

function fromAnswer(error: WebAPIPlatformError): ConnectorError {
  const { error: name, response_metadata: metadata } = error.data;
  if (name === "ratelimited" || name === "rate_limited") return rateLimited(metadata?.retryAfter);
  if (outOfService.has(name)) return new ConnectorError("unavailable", `Slack is out of service for the moment (${name}).`, { cause: error });
  if (nothingKnown.has(name)) return new ConnectorError("unknown", `Slack has failed in the middle of it (${name}).`, { cause: error });
  // The library takes a body that is not JSON for the error's name.
  if (!/^[a-z0-9_.:-]{1,80}$/i.test(name)) return oddAnswer(error);
  return new ConnectorError("refused", `Slack refused: ${inWords(name, "needed" in error.data ? error.data.needed : undefined)}`, { cause: error });
}

/** A 200 that lacks what it must hold. */
export function oddAnswer(cause?: unknown): ConnectorError {
  return new ConnectorError("unknown", "Slack's answer is not what its API says.", { cause });
}

function rateLimited(retryAfterSeconds = Number.NaN): ConnectorError {
  const retryAfterMs = retryAfterSeconds > 0 ? retryAfterSeconds * 1000 : null;
  return new ConnectorError("unavailable", "Slack's rate limit is reached.", { retryAfterMs });
}

/** The request is known not to have been written only where there was no connection to write it to. */
function fromNetwork(error: unknown): ConnectorError {
  const cause = innermost(error);
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : cause.name;
  const isBeforeRequest = ("syscall" in cause && (cause.syscall === "connect" || cause.syscall === "getaddrinfo")) || code === "UND_ERR_CONNECT_TIMEOUT" || /CERT|ERR_TLS|ERR_SSL/.test(code);
  if (isBeforeRequest) return new ConnectorError("unavailable", `Slack cannot be reached (${code}).`, { cause: error });
  const what = { TimeoutError: "did not answer in time", AbortError: "was not waited for" }[code] ?? "closed the connection before its answer";
  return new ConnectorError("unknown", `Slack ${what} (${code}).`, { cause: error });
}

/** Beneath `fetch failed`; of a host with several addresses, what the first of them said. */
function innermost(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error.cause;
  return inner instanceof Error ? innermost(inner) : error;
}
