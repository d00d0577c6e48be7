import type { GatewayError } from "../../errors.ts";
import type { Schemas } from "./face.ts";

/**
 * The terminal event of a stream whose turn failed: the members of the error body that a JSON answer would have had, and in
 * the edition's own word for a limit.
 */
export function errorEvent(error: GatewayError, requestId: string, limitCode: "rate_limited" | "rate_limit_exceeded" = "rate_limited"): Schemas["ErrorEvent"] {
  const event: Schemas["ErrorEvent"] = { type: "error", error: error.code === "rate_limited" ? limitCode : error.code, message: error.message, status: error.status, details: error.details, requestId };
  if (error.retryAfterSeconds !== undefined) event.retryAfter = error.retryAfterSeconds;
  return event;
}
