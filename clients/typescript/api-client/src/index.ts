export { OpenClaw, type OpenClawOptions } from "./client.ts";
export type { Messages } from "./messages.ts";
export type { Stats } from "./stats.ts";
export type { TokenStream } from "./token-stream.ts";
export * from "../../core/index.ts";
