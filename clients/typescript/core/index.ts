/**
 * What `@openclaw/sdk` and `@openclaw/api-client` have in common. Not a package: each bundles it, so that neither has a
 * dependency at run time.
 */
export { createConnection, dataOf, type CallOptions, type Connection } from "./connection.ts";
export type { EventsOf, QueryOf, Schemas } from "./contract.ts";
export { OpenClawConnectionError, OpenClawError, type OpenClawErrorCode, type OpenClawErrorFacts } from "./error.ts";
export { EventStream } from "./event-stream.ts";
