export { OpenClaw, type OpenClawOptions } from "./client.ts";
export type { Messages } from "./messages.ts";
export type { Stats } from "./stats.ts";
export type { TokenStream } from "./token-stream.ts";
export { OpenClawConnectionError, OpenClawError, type CallOptions, type EventStream, type EventsOf, type OpenClawErrorCode, type Schemas, type Sessions } from "../../core/index.ts";
