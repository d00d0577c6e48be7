/**
 * The one error type of the gateway.
 *
 * Whatever goes wrong is raised as a `GatewayError` with a stable code and a message that may be shown to the caller;
 * what really happened travels in `cause` and ends in the log, never on the wire. `http/error-faces.ts` is the only
 * place that turns one into an answer, in the face of the route family.
 */

/** Stable error codes, with the HTTP status each one is answered with. */
export const errorStatus = {
  bad_request: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  timeout: 408,
  conflict: 409,
  cancelled: 409,
  precondition_failed: 412,
  payload_too_large: 413,
  unsupported_media_type: 415,
  unprocessable: 422,
  upgrade_required: 426,
  rate_limited: 429,
  internal_error: 500,
  provider_error: 502,
  service_unavailable: 503,
} as const;

export type ErrorCode = keyof typeof errorStatus;

export interface GatewayErrorOptions {
  /** Machine-readable facts for the caller, such as `errors[]` of a validation or the list of known models. */
  details?: Record<string, unknown>;
  /** Whole seconds after which the caller may try again; sent as `Retry-After`. */
  retryAfterSeconds?: number;
  /** What really happened. Logged, never sent. */
  cause?: unknown;
}

export class GatewayError extends Error {
  override readonly name = "GatewayError";
  readonly code: ErrorCode;
  readonly details: Record<string, unknown>;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, publicMessage: string, options: GatewayErrorOptions = {}) {
    super(publicMessage, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  /** The HTTP status that belongs to the code. */
  get status(): number {
    return errorStatus[this.code];
  }

  /** Any thrown value as a GatewayError: what is not one already becomes `internal_error` with the value as its cause. */
  static from(thrown: unknown): GatewayError {
    if (thrown instanceof GatewayError) return thrown;
    return new GatewayError("internal_error", "Something went wrong inside the gateway. The log has the cause under this request's id.", {
      cause: thrown,
    });
  }
}

/** `details.reason` of a `bad_request` whose conversation is longer than the model's context window; OpenAI's own code for it. */
export const contextLengthExceeded = "context_length_exceeded";

export function isContextLengthExceeded(thrown: unknown): boolean {
  return thrown instanceof GatewayError && thrown.details["reason"] === contextLengthExceeded;
}
