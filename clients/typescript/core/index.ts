/**
 * What `@openclaw/sdk` and `@openclaw/api-client` have in common. Not a package: each bundles it, so that neither has a
 * dependency at run time. Here is what their users see; `connection.ts` is for the two alone.
 */
export type { CallOptions, StreamOptions } from "./call-options.ts";
export type { EventsOf, QueryOf, Schemas } from "./contract.ts";
export { OpenClawConnectionError, OpenClawError, type OpenClawErrorCode } from "./error.ts";
export type { EventStream } from "./event-stream.ts";
export type { Sessions } from "./sessions.ts";
