/** What the failures of a provider mean to a caller of the gateway. The rules stand in the order they are tried. */
import type { IncomingHttpHeaders } from "undici/types/header.js";
import { contextLengthExceeded, GatewayError } from "../errors.ts";

export interface Refusal {
  error: GatewayError;
  /** Whether the same request may succeed a moment later. */
  retryable: boolean;
}

/** What the errors say of their provider. */
export interface FaultyProvider {
  name: string;
  secrets: readonly string[];
}

/** An answer with a status of 300 or more. */
export function refusedRequest(provider: FaultyProvider, status: number, body: string, retryAfter: number | undefined): Refusal {
  const { type, code, message } = readError(provider, body);
  const cause = new Error(`${provider.name} answered ${status}: ${message ?? "(no message)"}`);
  if (status === 404 && !/model/i.test(`${code} ${message}`)) {
    // Not about the model: the base URL leads elsewhere.
    return { error: new GatewayError("provider_error", `The provider ${provider.name} answered 404 to a call of its API. Its baseUrl may be wrong.`, { cause }), retryable: false };
  }
  // A quota that is used up comes as a 429 too, and does not come back in seconds.
  const retryable = (status === 429 && code !== "insufficient_quota") || status >= 500;
  return { error: upstreamFault(provider, kindOf(status, type), message, { cause, status, code, retryAfter }), retryable };
}

export type FaultKind = "credentials" | "request" | "model" | "busy" | "timeout" | "broken";

/** A fault as the provider reported it, by status or by an error event inside a stream. */
export function upstreamFault(
  provider: FaultyProvider,
  kind: FaultKind,
  message: string | undefined,
  facts: { cause?: unknown; status?: number; code?: string; retryAfter?: number | undefined } = {},
): GatewayError {
  const { cause, status } = facts;
  const name = provider.name;
  const said = message === undefined ? undefined : redact(provider, message).slice(0, 500);
  const details = { provider: name, ...(status !== undefined && { providerStatus: status }) };
  switch (kind) {
    case "credentials":
      return new GatewayError("provider_error", `The provider ${name} refused the gateway's credentials for it.`, { details, cause });
    case "request": {
      const reason = tooLong.test(`${facts.code ?? ""} ${message ?? ""}`) ? { reason: contextLengthExceeded } : {};
      return new GatewayError("bad_request", said ?? `The provider ${name} refused the request without saying why.`, { details: { ...details, ...reason }, cause });
    }
    case "model":
      return new GatewayError("not_found", said ?? `The provider ${name} does not know this model.`, { details, cause });
    case "busy": {
      const retryAfterSeconds = Math.max(1, Math.ceil((facts.retryAfter ?? 5_000) / 1000));
      return new GatewayError("service_unavailable", `The provider ${name} is overloaded or limits the gateway's requests at the moment.`, { details, cause, retryAfterSeconds });
    }
    case "timeout":
      return new GatewayError("timeout", `The provider ${name} did not answer in time.`, { details, cause });
    case "broken":
      return new GatewayError("provider_error", `The provider ${name} failed${status === undefined ? " while it answered" : ` with status ${status}`}.`, { details, cause });
  }
}

/** How OpenAI, vLLM, llama.cpp, Groq, Anthropic and Gemini say it. */
const tooLong = /context[ _](?:length|window|size|limit)|prompt is too long|reduce the length|maximum number of tokens/i;

/** An answer that is not what the protocol says: not JSON, another shape, cut off. `what` goes to the log only. */
export function badAnswer(name: string, what: string, cause?: unknown): GatewayError {
  return new GatewayError("provider_error", `The provider ${name} gave an answer that the gateway could not read.`, {
    details: { provider: name },
    cause: new Error(what, cause === undefined ? undefined : { cause }),
  });
}

/** A call that ended without a whole answer: nobody there, connection lost, time-out. `begun` is whether a good answer had begun. */
export function brokenConnection({ name }: FaultyProvider, cause: unknown, begun: boolean): Refusal {
  const code = codeOf(cause);
  const details = { provider: name };
  switch (code) {
    case "UND_ERR_CONNECT_TIMEOUT":
    case "ETIMEDOUT":
      return { error: new GatewayError("timeout", `The provider ${name} could not be reached in time.`, { details, cause }), retryable: false };
    case "UND_ERR_HEADERS_TIMEOUT":
      return { error: new GatewayError("timeout", `The provider ${name} did not answer in time.`, { details, cause }), retryable: false };
    case "UND_ERR_BODY_TIMEOUT":
      return { error: new GatewayError("timeout", `The provider ${name} stopped in the middle of its answer.`, { details, cause }), retryable: false };
    default:
      break;
  }
  if (code === "UND_ERR_DESTROYED" || code === "UND_ERR_CLOSED") {
    return { error: new GatewayError("service_unavailable", `The gateway has closed its connections to the provider ${name}.`, { details, cause }), retryable: false };
  }
  if (begun) {
    return { error: new GatewayError("provider_error", `The provider ${name} closed the connection in the middle of its answer.`, { details, cause }), retryable: false };
  }
  if (code !== undefined && unreachable.has(code)) {
    const message = `The provider ${name} cannot be reached.`;
    return { error: new GatewayError("service_unavailable", message, { details, cause, retryAfterSeconds: 5 }), retryable: true };
  }
  return { error: new GatewayError("provider_error", `The call of the provider ${name} failed.`, { details, cause }), retryable: false };
}

const unreachable = new Set([
  "ECONNREFUSED", "ECONNRESET", "EPIPE", "EHOSTUNREACH", "ENETUNREACH", "EADDRNOTAVAIL", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_SOCKET",
]);

/** The error's own code, or that of the first one it gathers: a host with two addresses fails with an AggregateError. */
function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  return error instanceof AggregateError ? codeOf(error.errors[0]) : undefined;
}

function kindOf(status: number, type: string): FaultKind {
  if (status === 401 || status === 403) return "credentials";
  if (status === 400 || status === 413 || status === 422) return "request";
  if (status === 404) return "model";
  if (status === 408 || status === 504) return "timeout";
  if (status === 429 || status === 503 || status === 529 || type === "overloaded_error") return "busy";
  return "broken";
}

/** How long the provider asks us to wait, from `Retry-After-Ms` or `Retry-After` in seconds or as a date. */
export function retryAfterMs(headers: IncomingHttpHeaders, now: number): number | undefined {
  const exact = Number(headers["retry-after-ms"] ?? Number.NaN);
  if (exact >= 0) return exact;
  const value = headers["retry-after"];
  if (typeof value !== "string" || value.trim() === "") return undefined;
  const seconds = Number(value);
  if (seconds >= 0) return seconds * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** The error inside an answer, in any of the shapes that are seen: OpenAI's, Anthropic's, Ollama's plain string, vLLM's flat one, FastAPI's. */
export function readError(provider: FaultyProvider, body: string): { type: string; code: string; message: string | undefined } {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return { type: "", code: "", message: undefined };
  }
  const outer = asRecord(value);
  const inner = typeof outer["error"] === "object" ? asRecord(outer["error"]) : outer;
  const message = [inner["message"], outer["error"], outer["message"], outer["detail"]].find((text) => typeof text === "string" && text !== "");
  return {
    type: textOf(inner["type"]),
    code: textOf(inner["code"]),
    message: typeof message === "string" ? redact(provider, message) : undefined,
  };
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

/** Providers repeat keys in their messages, whole or starred. */
function redact(provider: FaultyProvider, message: string): string {
  let text = message;
  // A key of a letter or two, as people give to local servers, is no secret, and would redact half the words.
  for (const secret of provider.secrets) if (secret.length >= 6) text = text.replaceAll(secret, "[redacted]");
  return text.replaceAll(/\b(?:sk|pk|rk|xai|gsk)[-_][\w*.-]{8,}/gi, "[redacted]");
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
