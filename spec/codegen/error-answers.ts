import type { OpenapiDocument } from "./document.ts";

/** What the contract says of each error answer: name, description and example, by face and status. */
export type Face = "api" | "plain" | "openai";

/** The face that a schema is the body of, by the schema's name. */
export function faceOfSchema(name: string): Face | undefined {
  return ({ ApiError: "api", PlainError: "plain", OpenaiError: "openai" } as const)[name];
}

interface ErrorFacts {
  name: string;
  description: string;
  code: string;
  message: string;
  details?: Record<string, unknown>;
  openaiType: string;
}

const requestId = "req_0199c0ffee";

const facts: Record<number, ErrorFacts> = {
  400: {
    name: "BadRequest",
    description: "The request does not fit the contract; every fault is listed.",
    code: "bad_request",
    message: "The request does not fit the contract: /message is required.",
    details: { errors: [{ path: "/message", message: "is required" }] },
    openaiType: "invalid_request_error",
  },
  401: {
    name: "Unauthorized",
    description: "The token is missing or not valid.",
    code: "unauthorized",
    message: "A valid token is required: send it as `Authorization: Bearer <token>`.",
    openaiType: "authentication_error",
  },
  403: {
    name: "Forbidden",
    description: "The key lacks the operation's permission, or the request comes from where none may come from.",
    code: "forbidden",
    message: "This key lacks the permission `messages:write`.",
    details: { permission: "messages:write" },
    openaiType: "permission_error",
  },
  404: {
    name: "NotFound",
    description: "There is no such object, or this key may not see it.",
    code: "not_found",
    message: "There is no session `sess_xyz789`.",
    openaiType: "not_found_error",
  },
  408: {
    name: "Timeout",
    description: "The answer did not come in time.",
    code: "timeout",
    message: "The model provider `openai` did not answer in time.",
    openaiType: "timeout_error",
  },
  409: {
    name: "Conflict",
    description: "The run was cancelled, a request with the same `Idempotency-Key` is under way, or something else stands in the way.",
    code: "conflict",
    message: "The first request with this `Idempotency-Key` is still under way. Come back in a moment.",
    openaiType: "conflict_error",
  },
  412: {
    name: "PreconditionFailed",
    description: "The object has changed since the version that `If-Match` names.",
    code: "precondition_failed",
    message: "The settings have changed since. Read them again, and send their new `ETag` as `If-Match`.",
    openaiType: "conflict_error",
  },
  413: {
    name: "PayloadTooLarge",
    description: "The body is over the limit.",
    code: "payload_too_large",
    message: "The body is larger than 1048576 bytes.",
    details: { limitBytes: 1048576 },
    openaiType: "invalid_request_error",
  },
  415: {
    name: "UnsupportedMediaType",
    description: "The body is not `application/json`.",
    code: "unsupported_media_type",
    message: "Send the body as `application/json`.",
    openaiType: "invalid_request_error",
  },
  422: {
    name: "Unprocessable",
    description: "The request fits the contract, but what it asks for cannot be done; the message says why.",
    code: "unprocessable",
    message: "There is no file \"notes.txt\".",
    openaiType: "invalid_request_error",
  },
  426: {
    name: "UpgradeRequired",
    description: "This path speaks another protocol; `Upgrade` says which.",
    code: "upgrade_required",
    message: "This is a WebSocket: ask for an upgrade (RFC 6455).",
    openaiType: "invalid_request_error",
  },
  429: {
    name: "TooManyRequests",
    description: "A limit is exceeded; `Retry-After` says when to come back.",
    code: "rate_limited",
    message: "Too many requests: this key may send 60 a minute. Try again in 30 s.",
    details: { limit: 60, windowMs: 60000, scope: "key" },
    openaiType: "rate_limit_error",
  },
  500: {
    name: "InternalError",
    description: "Something went wrong inside the gateway; its log has the cause under the request's id.",
    code: "internal_error",
    message: "Something went wrong inside the gateway. The log has the cause under this request's id.",
    openaiType: "server_error",
  },
  502: {
    name: "ProviderError",
    description: "What the gateway asked (a model provider, a registry) failed, or answered something that could not be read.",
    code: "provider_error",
    message: "The model provider `openai` answered with an error (500).",
    openaiType: "server_error",
  },
  503: {
    name: "ServiceUnavailable",
    description: "The gateway, or the provider behind it, cannot serve at the moment; `Retry-After` says when to come back.",
    code: "service_unavailable",
    message: "The gateway is stopping. Please come back in a moment.",
    openaiType: "server_error",
  },
};

/** What the errors of the contract's examples say, by status: what a `GatewayError` is made of. */
export const errorExamples = Object.fromEntries(Object.entries(facts).map(([status, { code, message, details = {} }]) => [status, { code, message, details, retryAfterSeconds: retryAfterOf(Number(status)) }]));

/** Name of the shared component, its description, and an example of the body. Throws on a status nobody has described. */
export function describeErrorAnswer(face: Face, status: number): { name: string; description: string; example: unknown } {
  const fact = facts[status];
  if (!fact) throw new Error(`spec/codegen/error-answers.ts does not describe status ${status}`);
  return { name: `${{ api: "Api", plain: "Plain", openai: "Openai" }[face]}${fact.name}`, description: fact.description, example: example(face, status, fact) };
}

function example(face: Face, status: number, { code, message, details = {}, openaiType }: ErrorFacts): unknown {
  if (face === "plain") {
    return { error: { code: plainCodeOf(status, code), message, details } };
  }
  if (face === "openai") return { error: { message, type: openaiType, param: null, code } };
  return { error: code, message, status, details, requestId, retryAfter: retryAfterOf(status) };
}

/** Of every code what whoever meets it can do. */
const advice: Record<string, string> = {
  bad_request: "Correct the request. `details.errors` names each place that is wrong by its JSON pointer; sending it again as it is will not help.",
  unauthorized: "Send a valid token: `Authorization: Bearer …`. One that was revoked or has expired needs a successor (`npx openclaw token create`).",
  forbidden: "Take a key that has `details.permission`, or call from an address, host or origin that the settings let in; the message says which it is.",
  not_found: "Check the id. What a key may not see is answered as if it were not there.",
  method_not_allowed: "Use one of the methods in the header `Allow`.",
  timeout: "Wait longer (`timeout_ms`). A turn goes on: read it by its run's id, which is in `details` or `X-Run-Id`.",
  conflict: "With `Retry-After`: the same request is under way, come back after it. Else the message says what stands in the way, such as an id that is taken.",
  cancelled: "Somebody cancelled the run. Send the message again if it is still wanted.",
  precondition_failed: "Read the object again, apply your change to it, and send its new `ETag` as `If-Match`.",
  payload_too_large: "Send less: `details.limitBytes` is the limit (`api.security.maxBodySize`).",
  unsupported_media_type: "Send the body as JSON, with `Content-Type: application/json`.",
  unprocessable: "The request is right, but cannot be carried out. The message says why.",
  upgrade_required: "Open a WebSocket at this path.",
  rate_limited: "Wait for `Retry-After` seconds, and send it again. `details.scope` says whose limit it was.",
  rate_limit_exceeded: "The same as `rate_limited`: two of the documents call it so at `/chat`, `/chat/stream`, `/send` and `/models`.",
  internal_error: "It is the gateway's fault. Send it again, a POST with the same `Idempotency-Key`; the log has the cause under the request's id.",
  provider_error: "What the gateway asked has failed. Send it again later, or with another model.",
  service_unavailable: "Wait for `Retry-After` seconds, and send it again.",
};

/** Statuses of the codes that no operation documents for itself, or that share one with another. */
const others: Record<string, { status: number; description: string; openaiType: string }> = {
  method_not_allowed: { status: 405, description: "The path has no such method.", openaiType: "invalid_request_error" },
  cancelled: { status: 409, description: "The run was cancelled before its answer was whole.", openaiType: "conflict_error" },
  rate_limit_exceeded: { status: 429, description: facts[429]!.description, openaiType: "rate_limit_error" },
};

export interface CodeDescription {
  code: string;
  status: number;
  plainCode: string;
  openaiType: string;
  description: string;
  advice: string;
}

/** Every code of the contract, by status. Throws when one is not described here, or one is that the contract does not have. */
export function describeCodes({ components }: Pick<OpenapiDocument, "components">): CodeDescription[] {
  const codes = components.schemas["ErrorCode"]!["enum"] as string[];
  const unknown = Object.keys(advice).filter((code) => !codes.includes(code));
  if (unknown.length > 0) throw new Error(`spec/codegen/error-answers.ts describes codes that the contract does not have: ${unknown.join(", ")}`);
  const described = codes.map((code) => {
    const known = Object.entries(facts).find(([, fact]) => fact.code === code);
    const said = known ? { ...known[1], status: Number(known[0]) } : others[code];
    if (!said || !advice[code]) throw new Error(`spec/codegen/error-answers.ts does not describe the code ${code}`);
    const { status, description, openaiType } = said;
    return { code, status, plainCode: plainCodeOf(status, code === "rate_limit_exceeded" ? "rate_limited" : code), openaiType, description, advice: advice[code] };
  });
  return described.sort((a, b) => a.status - b.status);
}

/** The plain edition has one code for all that stands in the way. */
function plainCodeOf(status: number, code: string): string {
  return { 400: "INVALID_REQUEST", 409: "CONFLICT" }[status] ?? code.toUpperCase();
}

function retryAfterOf(status: number): number | undefined {
  return [409, 429, 503].includes(status) ? 30 : undefined;
}
