import type { GatewayError } from "../../errors.ts";
import type { Schemas } from "./face.ts";

/** The terminal event of a stream whose turn failed: the members of the error body that a JSON answer would have had. */
export function errorEvent(error: GatewayError, requestId: string): Schemas["ErrorEvent"] {
  const event: Schemas["ErrorEvent"] = { type: "error", error: error.code, message: error.message, status: error.status, details: error.details, requestId };
  if (error.retryAfterSeconds !== undefined) event.retryAfter = error.retryAfterSeconds;
  return event;
}
