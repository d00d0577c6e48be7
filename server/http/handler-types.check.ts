/**
 * Nothing here runs: `tsc` reads it. Each `@ts-expect-error` is a mistake that must not compile; if one ever does, the
 * line itself becomes the error.
 */
import type { Handler, Handlers, StreamEvent } from "../../generated/server/handlers.ts";
import type { RequestContext } from "./request-context.ts";

type Answer<Id extends Parameters<typeof operation>[0]> = Awaited<ReturnType<Handler<Id, RequestContext>>>;
declare function operation(id: keyof Handlers<RequestContext>): void;

const usage = { inputTokens: 1, outputTokens: 2 };
declare function events<T>(...data: T[]): AsyncIterable<readonly StreamEvent<T>[]>;

// What is right compiles.
export const deleted: Answer<"deleteSession"> = { status: 204 };
export const streamed: Answer<"streamMessage"> = { status: 200, headers: { "X-Run-Id": "run_1" }, events: events({ type: "token", content: "Hi" } as const) };

// @ts-expect-error A status that the operation does not have.
export const wrongStatus: Answer<"deleteSession"> = { status: 201 };

// @ts-expect-error A 204 has no body.
export const bodyOf204: Answer<"deleteSession"> = { status: 204, body: { deleted: 1 } };

// @ts-expect-error A member of the answer is missing.
export const missingMember: Answer<"deleteSessions"> = { status: 200, body: {} };

// @ts-expect-error The header that names the run is missing.
export const missingHeader: Answer<"streamMessage"> = { status: 200, events: events({ type: "token", content: "Hi" } as const) };

// @ts-expect-error The plain edition's error face in `/api/v1`.
export const wrongFace: Answer<"getAgent"> = { status: 404, body: { error: { code: "NOT_FOUND", message: "", details: {} } } };

// @ts-expect-error Another edition's event.
export const wrongEvent: Answer<"streamMessage"> = { status: 200, headers: { "X-Run-Id": "run_1" }, events: events({ type: "end", usage, finishReason: "stop" } as const) };

// @ts-expect-error An operation is missing.
export const missingOperation: Handlers<RequestContext> = {};
