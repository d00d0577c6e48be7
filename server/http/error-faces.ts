import type { components } from "../../generated/server/contract.ts";
import type { Route } from "../../generated/server/routes.ts";
import { contextLengthExceeded, type ErrorCode, type GatewayError } from "../errors.ts";

/** The one place where an error becomes an answer: what its body looks like in each route family. */
export type Face = Route["face"];

type ApiError = components["schemas"]["ApiError"];
type PlainError = components["schemas"]["PlainError"];
type OpenaiError = components["schemas"]["OpenaiError"];

/** The face of a path that no operation has, by its family. */
export function faceOfPath(path: string): Face {
  if (path === "/api/v1/openai" || path.startsWith("/api/v1/openai/")) return "openai";
  if (path.startsWith("/api/") && !path.startsWith("/api/v1/") && path !== "/api/v1") return "plain";
  return "api";
}

export function errorBody(face: Face, error: GatewayError, requestId: string, path: string): ApiError | PlainError | OpenaiError {
  if (face === "plain") return plainError(error);
  if (face === "openai") return openaiError(error);
  return apiError(error, requestId, path);
}

/** Paths whose document calls a 429 `rate_limit_exceeded`; all others call it `rate_limited`. */
const rateLimitExceededPaths = new Set(["/api/v1/chat", "/api/v1/chat/stream", "/api/v1/send", "/api/v1/models"]);

function apiError(error: GatewayError, requestId: string, path: string): ApiError {
  const code = error.code === "rate_limited" && rateLimitExceededPaths.has(path) ? "rate_limit_exceeded" : error.code;
  const body: ApiError = { error: code, message: error.message, status: error.status, details: error.details, requestId };
  if (error.retryAfterSeconds !== undefined) body.retryAfter = error.retryAfterSeconds;
  return body;
}

function plainError({ code, message, details }: GatewayError): PlainError {
  return { error: { code: plainCode(code), message, details } };
}

function plainCode(code: ErrorCode): PlainError["error"]["code"] {
  if (code === "bad_request") return "INVALID_REQUEST";
  if (code === "cancelled") return "CONFLICT";
  return code.toUpperCase() as Exclude<Uppercase<typeof code>, "BAD_REQUEST" | "CANCELLED">;
}

const openaiTypes: Record<ErrorCode, string> = {
  bad_request: "invalid_request_error",
  unauthorized: "authentication_error",
  forbidden: "permission_error",
  not_found: "not_found_error",
  method_not_allowed: "invalid_request_error",
  timeout: "timeout_error",
  conflict: "conflict_error",
  cancelled: "conflict_error",
  precondition_failed: "conflict_error",
  payload_too_large: "invalid_request_error",
  unsupported_media_type: "invalid_request_error",
  unprocessable: "invalid_request_error",
  upgrade_required: "invalid_request_error",
  rate_limited: "rate_limit_error",
  internal_error: "server_error",
  provider_error: "server_error",
  service_unavailable: "server_error",
};

/** OpenAI names the parameter at fault with dots and brackets: `/messages/0/content` → `messages[0].content`. */
export function openaiError({ code, message, details }: GatewayError): OpenaiError {
  const faults = details["errors"] as { path: string }[] | undefined;
  const pointer = faults?.[0]?.path;
  const param = pointer ? pointer.slice(1).replaceAll(/\/(\d+)/g, "[$1]").replaceAll("/", ".") : null;
  return { error: { message, type: openaiTypes[code], param, code: openaiCode(code, details) } };
}

/** Their own codes, where clients look for them. */
function openaiCode(code: ErrorCode, details: GatewayError["details"]): string {
  if (code === "not_found" && "models" in details) return "model_not_found";
  if (code === "unauthorized") return "invalid_api_key";
  return details["reason"] === contextLengthExceeded ? contextLengthExceeded : code;
}
