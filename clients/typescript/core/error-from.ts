import { OpenClawError } from "./error.ts";

/** The error of an answer, from its body in any of the gateway's faces; or from its status, where something else answered. */
export function errorFromAnswer(response: Response, body: unknown): OpenClawError {
  const headers = Object.fromEntries(response.headers);
  const { status } = response;
  const facts = factsOf(body) ?? { code: "unexpected_answer", message: `The gateway answered ${status} ${response.statusText}`.trimEnd() };
  return new OpenClawError({ requestId: headers["x-request-id"], retryAfter: secondsOf(headers["retry-after"]), ...facts, status, headers });
}

/** The error that a stream ends with, or undefined when the event is no error. */
export function errorFromEvent(event: unknown, headers: Readonly<Record<string, string>>): OpenClawError | undefined {
  if (!isRecord(event) || !("error" in event) || ("type" in event && event["type"] !== "error")) return undefined;
  const status = typeof event["status"] === "number" ? event["status"] : 500;
  const facts = factsOf(event) ?? { code: "internal_error", message: "The stream ended in an error." };
  return new OpenClawError({ requestId: headers["x-request-id"], ...facts, status, headers });
}

/** `{error: code, message, …}`, `{error: {code, message, details}}`, or OpenAI's `{error: {message, type, code}}`. */
function factsOf(body: unknown) {
  if (!isRecord(body)) return undefined;
  const { error } = body;
  const inner = isRecord(error) ? error : body;
  const code = isRecord(error) ? (error["code"] ?? error["type"]) : error;
  if (typeof code !== "string" || typeof inner["message"] !== "string") return undefined;
  return {
    code,
    message: inner["message"],
    details: isRecord(inner["details"]) ? inner["details"] : {},
    ...(typeof body["requestId"] === "string" ? { requestId: body["requestId"] } : {}),
    ...(typeof body["retryAfter"] === "number" ? { retryAfter: body["retryAfter"] } : {}),
  };
}

/** `Retry-After` in seconds (RFC 9110, 10.2.3); undefined when it is missing or no number of seconds. */
export function secondsOf(header: string | null | undefined): number | undefined {
  return header && /^\d+$/.test(header) ? Number(header) : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
