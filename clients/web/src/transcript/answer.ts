import type { Schemas } from "../../../typescript/sdk/src/index.ts";

export interface ToolCall {
  callId: string;
  name: string;
  input: unknown;
  /** `asking` waits for a person's yes. */
  state: "running" | "asking" | "done" | "failed";
  output: string;
}

/** A piece of an answer: text, or a call of a tool, in the order in which they came. */
export type Part = { kind: "text"; text: string } | { kind: "tool"; call: ToolCall };

/** What became of an answer besides its parts. */
export interface AnswerFacts {
  model?: string | undefined;
  usage?: Schemas["TurnUsage"] | undefined;
  latencyMs?: number | undefined;
  finishReason?: Schemas["FinishReason"] | undefined;
}

/** A stored message's parts. It is stored without the order, and the calls came before what was made of them. */
export function partsOf({ content, toolCalls = [] }: Schemas["Message"]): Part[] {
  const calls = toolCalls.map(({ callId, name, input, output, isError }): Part => ({ kind: "tool", call: { callId, name, input, output, state: isError ? "failed" : "done" } }));
  return content === "" ? calls : [...calls, { kind: "text", text: content }];
}
