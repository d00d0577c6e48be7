import type { Schemas } from "./contract.ts";

/** The gateway's codes, and the two that a client finds by itself. New codes may come: keep a `default`. */
export type OpenClawErrorCode = Schemas["ErrorCode"] | "connection_failed" | "unexpected_answer" | (string & {});

export interface OpenClawErrorFacts {
  code: OpenClawErrorCode;
  message: string;
  status: number;
  headers?: Readonly<Record<string, string>>;
  requestId?: string | undefined;
  details?: Record<string, unknown>;
  retryAfter?: number | undefined;
  cause?: unknown;
}

/** Whatever the gateway refused, and whatever went wrong on the way to it. */
export class OpenClawError extends Error {
  override readonly name: string = "OpenClawError";
  /** The HTTP status; for the error event of a stream, the one a JSON answer would have had; 0 when no answer came. */
  readonly status: number;
  /** Stable, for programs: `not_found`, `rate_limited`, … The message is for people. */
  readonly code: OpenClawErrorCode;
  /** The answer's headers under lower-case names, such as `x-ratelimit-reset`. */
  readonly headers: Readonly<Record<string, string>>;
  /** What the gateway's log has the request under. */
  readonly requestId: string | undefined;
  /** Facts beside the message, such as `errors: [{path, message}]` of a body that was refused. */
  readonly details: Readonly<Record<string, unknown>>;
  /** Seconds after which it may work, where the gateway says so. */
  readonly retryAfter: number | undefined;

  constructor({ code, message, status, headers = {}, requestId, details = {}, retryAfter, cause }: OpenClawErrorFacts) {
    super(message, cause === undefined ? undefined : { cause });
    this.status = status;
    this.code = code;
    this.headers = headers;
    this.requestId = requestId;
    this.details = details;
    this.retryAfter = retryAfter;
  }
}

/** No answer came, or it broke off: the gateway is not there, or the network is at fault. `status` is 0, `code` is `connection_failed`, or `timeout` past the call's `timeoutMs`. */
export class OpenClawConnectionError extends OpenClawError {
  override readonly name = "OpenClawConnectionError";

  constructor(message: string, cause: unknown, code: "connection_failed" | "timeout" = "connection_failed") {
    super({ code, message, status: 0, cause });
  }
}
