/**
 * What `@openclaw/sdk` and `@openclaw/api-client` have in common. Not a package: each bundles it, so that neither has a
 * dependency at run time. Here is what their users see; `connection.ts` is for the two alone.
 */
export type { CallOptions, RequestOptions, StreamOptions } from "./call-options.ts";
export type { ConnectionOptions } from "./connection.ts";
export type { AnswerOf, CallableId, EventsOf, InputOf, ItemOf, ListId, OperationId, QueryOf, Schemas, StreamingId } from "./contract.ts";
export type { Deprecation } from "./deprecation.ts";
export { OpenClawConnectionError, OpenClawError, type OpenClawErrorCode } from "./error.ts";
export type { EventStream } from "./event-stream.ts";
export type { Events, FollowedEvents } from "./events.ts";
export type { Sessions } from "./sessions.ts";
