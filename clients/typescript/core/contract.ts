import type { components, operations } from "../../../generated/clients/openapi-types.ts";

/** The contract's models by name. */
export type Schemas = components["schemas"];

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
