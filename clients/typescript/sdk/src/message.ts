import { OpenClawError, type CallOptions, type Schemas } from "../../core/index.ts";

export interface MessageOptions extends CallOptions {
  /** The conversation to go on with; a new one without it. */
  conversationId?: string | null | undefined;
  /** Where the message comes from. Default `api`. */
  channel?: string | undefined;
  /** How long the gateway waits for the answer; its own default is 30 s. */
  timeoutMs?: number | undefined;
}

/** An answer. The wire has it as the operator edition writes it (`conversation_id`, `latency_ms`, …). */
export interface Message {
  id: string;
  conversationId: string;
  content: string;
  /** `provider/model`, as it really answered. */
  model: string;
  usage: { inputTokens: number; outputTokens: number };
  latencyMs: number;
  channel: string;
}

/** A message whose answer nobody waits for. */
export interface AcceptedMessage {
  runId: string;
  conversationId: string;
}

type Answer = Schemas["OperatorMessageAnswer"] | Schemas["OperatorAccepted"];

export function requestOf(message: string, { conversationId, channel = "api", timeoutMs }: MessageOptions): Schemas["OperatorMessageRequest"] {
  return {
    channel,
    message,
    ...(conversationId === undefined ? {} : { conversation_id: conversationId }),
    ...(timeoutMs === undefined ? {} : { timeout_ms: timeoutMs }),
  };
}

/** The gateway says by itself that its time is up, and which run goes on: the client waits a little longer. */
export function callOf({ timeoutMs, ...options }: MessageOptions): CallOptions {
  return timeoutMs === undefined ? options : { ...options, timeoutMs: timeoutMs + 10_000 };
}

export function messageOf(answer: Answer): Message {
  if (!("content" in answer)) throw unexpected("the answer is not there yet");
  const { id, conversation_id: conversationId, content, model, usage, latency_ms: latencyMs, channel } = answer;
  return { id, conversationId, content, model, usage: { inputTokens: usage.input_tokens, outputTokens: usage.output_tokens }, latencyMs, channel };
}

export function acceptedOf(answer: Answer): AcceptedMessage {
  if (!("run_id" in answer)) throw unexpected("it waited for the answer");
  return { runId: answer.run_id, conversationId: answer.conversation_id };
}

const unexpected = (what: string) => new OpenClawError({ code: "unexpected_answer", message: `The gateway did not do as it was asked: ${what}.`, status: 200 });
