import type { Logger } from "pino";
import type { GatewayError } from "./errors.ts";
import { messageOf } from "./log.ts";

/**
 * Logs why a request could not be served: a fault of the gateway's own as an error, with all that is known of it. What a provider,
 * a platform or a stop refuses is expected to happen: a warning, with the reason in words.
 */
export function logFailure(log: Logger, error: GatewayError, subject: Readonly<Record<string, unknown>>): void {
  const { code, message, cause } = error;
  if (code === "internal_error") log.error({ ...subject, code, err: cause ?? error }, message);
  else log.warn({ ...subject, code, reason: cause instanceof Error ? messageOf(cause) : typeof cause === "string" ? cause : undefined }, message);
}
