import type { FinishReason, ModelEvent } from "./port.ts";
import { createGatheredCalls, type GatheredCalls } from "./gathered-calls.ts";
import type { AnswerDecoder } from "./model-stream.ts";
import { badAnswer, readError, upstreamFault, type FaultKind, type FaultyProvider } from "./upstream-errors.ts";

/** Reads the answers of the Messages API, streamed or whole. One instance a call. */
export function createAnthropicDecoder(provider: FaultyProvider, model: string): AnswerDecoder {
  return new AnthropicDecoder(provider, model);
}

interface Message {
  model?: unknown;
  content?: Block[] | null;
  stop_reason?: string | null;
  usage?: TokenCounts | null;
}

interface TokenCounts {
  input_tokens?: number | null;
  cache_creation_input_tokens?: number | null;
  cache_read_input_tokens?: number | null;
  output_tokens?: number | null;
}

interface Block {
  type?: string;
  text?: string;
  id?: string;
  name?: string;
  input?: unknown;
}

/** All event types in one shape: the discriminator is looked at first, and anything may be missing. */
interface StreamEvent {
  type?: string;
  index?: number;
  message?: Message;
  content_block?: Block;
  delta?: { type?: string; text?: string; partial_json?: string; stop_reason?: string | null };
  usage?: TokenCounts | null;
}

class AnthropicDecoder implements AnswerDecoder {
  complete = false;
  readonly #provider: FaultyProvider;
  readonly #name: string;
  readonly #model: string;
  #started = false;
  #reason: string | undefined;
  #inputTokens = 0;
  #outputTokens = 0;
  #calls: GatheredCalls | undefined;
  #called = 0;

  constructor(provider: FaultyProvider, model: string) {
    this.#provider = provider;
    this.#name = provider.name;
    this.#model = model;
  }

  event(data: string, out: ModelEvent[]): void {
    if (this.complete) return;
    const event = this.#parse(data);
    switch (event.type) {
      case "content_block_delta":
        this.#continue(event, out);
        break;
      case "message_start":
        this.#start(event.message, out);
        break;
      case "content_block_start":
        this.#begin(event.index, event.content_block, out);
        break;
      case "content_block_stop":
        this.#called += this.#calls?.flush(out) ?? 0;
        break;
      case "message_delta":
        if (event.delta?.stop_reason != null) this.#reason = event.delta.stop_reason;
        this.#count(event.usage);
        break;
      case "message_stop":
        this.#finish(out);
        break;
      case "error":
        throw this.#reported(data);
      default:
        // `ping`, and whatever the API will add: it asks its clients to ignore unknown events.
        if (typeof event.type !== "string") throw badAnswer(this.#name, "An event has no type.");
    }
  }

  whole(answer: unknown, out: ModelEvent[]): void {
    const message = (answer ?? {}) as Message & { type?: unknown };
    if (message.type === "error") throw this.#reported(JSON.stringify(answer));
    if (!Array.isArray(message.content)) throw badAnswer(this.#name, "The message has no content.");
    this.#start(message, out);
    for (const [index, block] of message.content.entries()) {
      this.#begin(index, block, out);
      if (block.type === "tool_use") this.#calls?.add(index, undefined, undefined, JSON.stringify(block.input ?? {}));
    }
    this.#reason = message.stop_reason ?? undefined;
    this.#finish(out);
  }

  end(): void {
    if (!this.complete) throw badAnswer(this.#name, "The stream ended without message_stop.");
  }

  #parse(data: string): StreamEvent {
    let value: unknown;
    try {
      value = JSON.parse(data);
    } catch (error) {
      throw badAnswer(this.#name, "An event is not JSON.", error);
    }
    if (typeof value !== "object" || value === null) throw badAnswer(this.#name, "An event is not an object.");
    return value;
  }

  #start(message: Message | undefined, out: ModelEvent[]): void {
    if (this.#started) return;
    this.#started = true;
    out.push({ type: "started", model: typeof message?.model === "string" ? message.model : this.#model });
    this.#count(message?.usage);
  }

  #begin(index: number | undefined, block: Block | undefined, out: ModelEvent[]): void {
    if (block?.type === "text" && typeof block.text === "string" && block.text !== "") out.push({ type: "text", text: block.text });
    if (block?.type !== "tool_use") return;
    this.#calls ??= createGatheredCalls(this.#name);
    this.#calls.add(index, block.id, block.name, "");
  }

  #continue(event: StreamEvent, out: ModelEvent[]): void {
    const { delta } = event;
    if (delta?.type === "text_delta") {
      if (typeof delta.text !== "string") throw badAnswer(this.#name, "A text delta has no text.");
      if (delta.text !== "") out.push({ type: "text", text: delta.text });
    } else if (delta?.type === "input_json_delta" && typeof delta.partial_json === "string") {
      // Only between a tool_use block's start and stop: the API's own server tools send such deltas too.
      this.#calls?.extend(event.index, delta.partial_json);
    }
  }

  #count(usage: TokenCounts | null | undefined): void {
    if (usage == null) return;
    // What was read from the cache or written to it is input as well, and `input_tokens` leaves it out.
    const input = (usage.input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0) + (usage.cache_read_input_tokens ?? 0);
    // The counts are running totals: the last ones hold, and message_delta may leave the input out.
    if (input > 0) this.#inputTokens = input;
    if (usage.output_tokens != null) this.#outputTokens = usage.output_tokens;
  }

  #finish(out: ModelEvent[]): void {
    if (!this.#started) throw badAnswer(this.#name, "The answer has no beginning.");
    this.#called += this.#calls?.flush(out) ?? 0;
    const known = reasons[this.#reason ?? ""] ?? "stop";
    const reason = known === "stop" && this.#called > 0 ? "tool_calls" : known;
    out.push({ type: "finished", reason, usage: { inputTokens: this.#inputTokens, outputTokens: this.#outputTokens } });
    this.complete = true;
  }

  #reported(data: string): Error {
    const { type, message } = readError(this.#provider, data);
    return upstreamFault(this.#provider, faults[type] ?? "broken", message, { cause: new Error(`${this.#name} reported ${type}: ${message ?? ""}`) });
  }
}

const reasons: Record<string, FinishReason> = {
  end_turn: "stop",
  stop_sequence: "stop",
  pause_turn: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  tool_use: "tool_calls",
  refusal: "content_filter",
};

const faults: Record<string, FaultKind> = {
  invalid_request_error: "request",
  request_too_large: "request",
  authentication_error: "credentials",
  permission_error: "credentials",
  billing_error: "broken",
  not_found_error: "model",
  rate_limit_error: "busy",
  overloaded_error: "busy",
  timeout_error: "timeout",
};
