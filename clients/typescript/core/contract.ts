import type { components, operations } from "../../../generated/clients/openapi-types.ts";
import type { operationsById } from "../../../generated/clients/operations.ts";

/** The contract's models by name. */
export type Schemas = components["schemas"];

/** The contract's operations by name: all but the WebSocket. */
export type OperationId = keyof typeof operationsById;

/**
 * The events that a streaming operation yields. Its error event is not among them: it is thrown, as an OpenClawError with
 * the members that a JSON answer would have had.
 */
export type EventsOf<Operation extends keyof operations> = operations[Operation] extends {
  responses: { 200: { content: { "text/event-stream": infer Event } } };
}
  ? Exclude<Event, Schemas["ErrorEvent"] | Schemas["OpenaiError"]>
  : never;

/** The query of an operation, without what the client fills in itself. */
export type QueryOf<Operation extends keyof operations> = NonNullable<operations[Operation]["parameters"]["query"]>;

/** What an operation is called with: `path`, `query`, `headers` and `body`, as far as it has them; what may be left out is optional. */
export type InputOf<Operation extends OperationId> = Member<"path", Part<Operation, "path">> &
  Member<"query", Part<Operation, "query">> &
  Member<"headers", Omit<Part<Operation, "header">, "Idempotency-Key" | "Last-Event-ID">> &
  (operations[Operation] extends { requestBody: { content: infer Content } } ? { body: Content[keyof Content] } : OptionalBody<operations[Operation]>);

/** The body of an operation's answer: JSON; text where the contract has no JSON; nothing where it has no body. */
export type AnswerOf<Operation extends OperationId> = BodyOf<Success<operations[Operation]["responses"]>>;

/** Operations that answer at once, and not with a stream alone. */
export type CallableId = { [Id in OperationId]: (typeof operationsById)[Id] extends `${string} events` ? never : Id }[OperationId];

/** Operations that can answer with a stream of events. */
export type StreamingId = { [Id in OperationId]: [EventsOf<Id>] extends [never] ? never : Id }[OperationId];

/** Operations that answer in pages. */
export type ListId = { [Id in CallableId]: AnswerOf<Id> extends { nextCursor?: string } ? Id : never }[CallableId];

/** What the list of an operation has in it. */
export type ItemOf<Operation extends ListId> = { [Name in keyof AnswerOf<Operation>]-?: AnswerOf<Operation>[Name] extends readonly (infer Item)[] ? Item : never }[keyof AnswerOf<Operation>];

/** The parameters of a call: the input may be left out when nothing in it is required. */
export type Parameters<Operation extends OperationId, Options> = Record<never, never> extends InputOf<Operation>
  ? [input?: InputOf<Operation>, options?: Options]
  : [input: InputOf<Operation>, options?: Options];

type OptionalBody<Described> = Described extends { requestBody?: infer Body } ? (NonNullable<Body> extends { content: infer Content } ? ([Content] extends [never] ? unknown : { body?: Content[keyof Content] }) : unknown) : unknown;

type Part<Operation extends OperationId, Name extends "path" | "query" | "header"> = operations[Operation]["parameters"] extends { [N in Name]?: infer Values } ? NonNullable<Values> : never;

type Member<Name extends string, Values> = [keyof Values] extends [never] ? unknown : [Values] extends [never] ? unknown : Record<never, never> extends Values ? { [N in Name]?: Values } : { [N in Name]: Values };

/** A 204 beside an answer with a body is the end of a stream that had been read to it. */
type Success<Responses> = [keyof Responses & (200 | 201 | 202)] extends [never] ? void : Responses[keyof Responses & (200 | 201 | 202)];

type BodyOf<Response> = Response extends { content: infer Content }
  ? Content extends { "application/json": infer Body }
    ? Body
    : Content extends { "text/event-stream": unknown }
      ? never
      : string
  : void;
