import { DiscordAPIError, HTTPError, RateLimitError, REST, type RequestMethod, type RouteLike } from "@discordjs/rest";
import { ConnectorError } from "../port.ts";

/** Calls of Discord's REST API, version 10. Each is one attempt of at most `timeoutMs`, 30 seconds by default. */
export interface DiscordRest {
  /** The parsed answer. Throws DiscordError. */
  call(method: `${RequestMethod}`, route: RouteLike, body?: object, signal?: AbortSignal): Promise<unknown>;
  /** Ends what is under way. */
  close(): void;
}

/** What Discord answered instead of a receipt; `status` and `code` are null where no answer came. */
export class DiscordError extends ConnectorError {
  readonly status: number | null;
  /** Discord's own number of the error: https://docs.discord.com/developers/topics/opcodes-and-status-codes#json */
  readonly code: number | string | null;

  constructor(kind: ConnectorError["kind"], message: string, { status = null, code = null, retryAfterMs = null, cause }: Partial<Pick<DiscordError, "status" | "code" | "retryAfterMs" | "cause">> = {}) {
    super(kind, message, { retryAfterMs, cause });
    this.status = status;
    this.code = code;
  }
}

/** The library keeps Discord's rate limits by route: a call that would break one is refused before it is sent, with the time to wait. */
export function createDiscordRest({ apiRoot, token, timeoutMs = 30_000 }: { apiRoot: string; token: string; timeoutMs?: number }): DiscordRest {
  const closing = new AbortController();
  const rest = new REST({ version: "10", api: apiRoot.replace(/\/+$/, ""), retries: 0, rejectOnRateLimit: () => true, timeout: timeoutMs });
  return {
    async call(method, route, body, signal) {
      // The library's own limit ends with the headers; this one holds for the wait in its queue and for the body as well.
      const timeout = AbortSignal.timeout(timeoutMs);
      const signals = [timeout, closing.signal, ...(signal ? [signal] : [])];
      try {
        // It forgets the token after a 401, which may have been a fault of Discord's.
        return await rest.setToken(token).request({ method: method as RequestMethod, fullRoute: route, body, signal: AbortSignal.any(signals) });
      } catch (error) {
        throw timeout.aborted ? new DiscordError("unknown", `Discord did not answer within ${timeoutMs / 1000} seconds.`) : explain(error);
      }
    },
    close() {
      closing.abort();
      rest.clearHashSweeper();
      rest.clearHandlerSweeper();
    },
  };
}

/** The library's errors hold the request's body: none of them is kept as a cause. */
function explain(error: unknown): DiscordError {
  if (error instanceof RateLimitError) {
    const waitMs = Math.ceil(error.retryAfter);
    return new DiscordError("unavailable", "Discord's rate limit is reached.", { status: 429, retryAfterMs: waitMs > 0 ? waitMs : null });
  }
  if (error instanceof HTTPError) return new DiscordError("unavailable", `Discord answered ${error.status} ${error.message}.`, { status: error.status });
  if (error instanceof DiscordAPIError) {
    const { status, code, message } = error;
    // Nothing is wrong with the message then, and it gets out once the token has been corrected.
    if (status === 401) return new DiscordError("unavailable", `Discord refused the bot token: ${message}`, { status, code });
    return new DiscordError("refused", `Discord refused: ${message}${typeof code === "number" && code > 0 ? ` (${code})` : ""}`, { status, code });
  }
  const reason = networkReason(error);
  if (neverSent(error)) return new DiscordError("unavailable", `Discord cannot be reached: ${reason}`, { cause: error });
  return new DiscordError("unknown", `The call to Discord was cut: ${reason}`, { cause: error });
}

/** Whether it failed in resolving the name, connecting, or the TLS handshake. */
function neverSent(error: unknown): boolean {
  const failures = error instanceof AggregateError ? (error.errors as unknown[]) : [error];
  return failures.every((failure) => {
    const { syscall, code } = failure as NodeJS.ErrnoException;
    return syscall === "connect" || syscall === "getaddrinfo" || /^(UND_ERR_CONNECT_TIMEOUT|CERT_|ERR_TLS_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_)/.test(code ?? "");
  });
}

/** In an operator's words; a failure at several addresses has no message of its own. */
export function networkReason(error: unknown): string {
  if (!(error instanceof Error)) return "the connection failed";
  return error.message || (error as NodeJS.ErrnoException).code || "the connection failed";
}
