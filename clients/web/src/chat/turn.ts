import type { Schemas } from "../../../typescript/sdk/src/index.ts";
import type { AnswerFacts, Part, ToolCall } from "../transcript/answer.ts";

export type TurnEvent = Exclude<Schemas["AgentsChatEvent"], Schemas["ErrorEvent"]>;

/** A turn as it is seen while it goes on, and after. */
export interface Turn {
  /** What was asked; absent for one that was taken up after the page was loaded anew, whose question is in the history. */
  question: string | undefined;
  parts: readonly Part[];
  facts: AnswerFacts;
  state: "asked" | "answering" | "reconnecting" | "done" | "stopped" | "failed";
  error?: unknown;
  runId?: string;
  messageId?: string;
}

export function newTurn(question: string | undefined): Turn {
  return { question, parts: [], facts: {}, state: "asked" };
}

export function isOpen({ state }: Turn): boolean {
  return state === "asked" || state === "answering" || state === "reconnecting";
}

/** The turn after one more of its events. */
export function afterEvent(turn: Turn, event: TurnEvent): Turn {
  switch (event.type) {
    case "start":
      return { ...turn, state: "answering", runId: event.runId, messageId: event.messageId };
    case "text":
      return { ...turn, state: "answering", parts: withText(turn.parts, event.content) };
    case "tool_use": {
      const { callId, name, input } = event;
      return { ...turn, state: "answering", parts: [...turn.parts, { kind: "tool", call: { callId, name, input, state: "running", output: "" } }] };
    }
    case "tool_approval":
      return { ...turn, state: "answering", parts: withCall(turn.parts, event.callId, { state: "asking" }) };
    case "tool_result":
      return { ...turn, state: "answering", parts: withCall(turn.parts, event.callId, { state: event.isError ? "failed" : "done", output: event.output }) };
    case "end":
      return { ...turn, state: "done", facts: { ...turn.facts, usage: event.usage, finishReason: event.finishReason } };
  }
}

function withText(parts: readonly Part[], content: string): Part[] {
  const last = parts.at(-1);
  return last?.kind === "text" ? [...parts.slice(0, -1), { kind: "text", text: last.text + content }] : [...parts, { kind: "text", text: content }];
}

/** A model may give two calls of a turn one id: what comes is for the last of them. */
export function withCall(parts: readonly Part[], callId: string, change: Partial<ToolCall>): Part[] {
  const at = parts.findLastIndex((part) => part.kind === "tool" && part.call.callId === callId);
  return parts.map((part, index) => (index === at && part.kind === "tool" ? { kind: "tool", call: { ...part.call, ...change } } : part));
}

/** What a screen reader is told of the turn: what it waits for, and once it is over the whole answer. */
export function spokenOf({ state, parts }: Turn): string {
  const last = parts.at(-1);
  const text = parts.map((part) => (part.kind === "text" ? part.text : "")).join(" ");
  switch (state) {
    case "asked":
      return "The question was sent.";
    case "reconnecting":
      return "The connection was lost. Reconnecting.";
    case "answering":
      if (last?.kind === "tool") return last.call.state === "asking" ? `The tool ${last.call.name} waits for your approval.` : `The tool ${last.call.name} is called.`;
      return "The answer is coming.";
    case "done":
      return `The answer: ${text}`;
    case "stopped":
      return `Stopped. The answer so far: ${text}`;
    case "failed":
      return "";
  }
}
