/**
 * The port to a language model. Every provider (embedded, OpenAI's protocol, Anthropic's protocol) is one adapter
 * behind it; the turn knows nothing else of them.
 */

/** One part of what a user sends: text, or an image by https or data URL. */
export type ContentPart = { type: "text"; text: string } | { type: "image"; url: string; detail?: "auto" | "low" | "high" };

/** A call the model asks for. `arguments` is the JSON text as the model wrote it, unparsed: it may be invalid. */
export interface ToolCall {
  id: string;
  name: string;
  arguments: string;
}

/** One message of a conversation as the model sees it. `name` tells speakers of one role apart, where the provider can. */
export type ModelMessage =
  | { role: "system"; content: string; name?: string }
  | { role: "user"; content: string | readonly ContentPart[]; name?: string }
  | { role: "assistant"; content: string; toolCalls?: readonly ToolCall[]; name?: string }
  | { role: "tool"; callId: string; content: string; isError?: boolean };

/** A tool as the model is told of it; `inputSchema` is a JSON Schema object. */
export interface ToolDefinition {
  name: string;
  description?: string;
  inputSchema: Record<string, unknown>;
  strict?: boolean;
}

export type ResponseFormat =
  | { type: "text" }
  | { type: "json_object" }
  | { type: "json_schema"; name: string; description?: string; schema: Record<string, unknown>; strict?: boolean };

export interface ModelRequest {
  /** The provider's own id of the model, without the provider's name in front. */
  model: string;
  messages: readonly ModelMessage[];
  tools?: readonly ToolDefinition[];
  toolChoice?: "auto" | "none" | "required" | { name: string };
  parallelToolCalls?: boolean;
  maxTokens?: number;
  temperature?: number;
  topP?: number;
  stop?: readonly string[];
  seed?: number;
  frequencyPenalty?: number;
  presencePenalty?: number;
  responseFormat?: ResponseFormat;
  /** The caller's end user, handed on for the provider's abuse checks. */
  user?: string;
  /** Whether somebody reads the text as it comes. Without it a provider makes one plain JSON call, which costs a sixth of the CPU. */
  stream: boolean;
  /** The span that the call belongs to (W3C Trace Context), for the provider's own traces. */
  traceparent?: string;
}

/** Tokens of one model call. */
export interface Usage {
  inputTokens: number;
  outputTokens: number;
}

export type FinishReason = "stop" | "length" | "tool_calls" | "content_filter";

/**
 * What a model call says, in this order: one `started` as soon as the provider has answered with its first byte of
 * content or metadata, any number of `text` and `toolCall` (whole calls, never fragments), one `finished`.
 * A failure is a thrown GatewayError (`provider_error`, `timeout`, `service_unavailable`, `bad_request`, `not_found`).
 */
export type ModelEvent =
  | { type: "started"; model: string }
  | { type: "text"; text: string }
  | { type: "toolCall"; call: ToolCall }
  | { type: "finished"; reason: FinishReason; usage: Usage };

export interface ModelInfo {
  id: string;
  contextWindow?: number;
}

export interface Provider {
  /** The name it has in the settings (`openai`, `local`, …). */
  readonly name: string;
  readonly type: "embedded" | "openai" | "anthropic";
  /**
   * Calls the model once, and yields its events in batches of what came together, none of them empty: a step of an
   * iteration costs more than an event. Leaving the loop, or the signal, aborts the upstream request.
   */
  generate(request: ModelRequest, signal: AbortSignal): AsyncIterable<readonly ModelEvent[]>;
  /** A vector for each text, in their order, all of one length. Absent where the provider's protocol has no embeddings. Throws as `generate` does. */
  embed?(model: string, texts: readonly string[], signal: AbortSignal): Promise<readonly Float32Array[]>;
  /** The models the provider says it has. */
  listModels(signal: AbortSignal): Promise<readonly ModelInfo[]>;
  /** Closes its connections. */
  close(): Promise<void>;
}
