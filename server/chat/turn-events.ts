import type { FinishReason, ToolCall, Usage } from "../providers/port.ts";
import type { GatewayError } from "../errors.ts";

/**
 * What a turn yields: the one kind of event that every face is made from (JSON answers, all streams, OpenAI's chunks,
 * history). In this order: one `started`, any of `text`, `toolUse`, `toolApproval`, `toolResult`, one `finished` or `failed`.
 */
export type TurnEvent =
  | { type: "started"; model: string }
  | { type: "text"; text: string }
  | { type: "toolUse"; callId: string; name: string; input: unknown }
  /** A call waits until somebody has approved it; behind its `toolUse`. */
  | { type: "toolApproval"; callId: string; name: string; input: unknown; expiresAt: number }
  | { type: "toolResult"; callId: string; name: string; output: string; isError: boolean; /** Nothing was run. */ isRefused?: boolean }
  | FinishedEvent
  | { type: "failed"; error: GatewayError; requestId: string };

export interface FinishedEvent {
  type: "finished";
  finishReason: FinishReason;
  usage: Usage;
  latencyMs: number;
  /** Names of the tools that were run, each once. */
  toolsInvoked: readonly string[];
  /** Calls of the caller's own tools, which the caller is to run. */
  callerToolCalls: readonly ToolCall[];
}

/** A tool call with its outcome, as it is stored with the answer. */
export interface ToolCallRecord {
  callId: string;
  name: string;
  input: unknown;
  output: string;
  isError: boolean;
}
