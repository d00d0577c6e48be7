import type { FinishReason, ModelEvent, ModelRequest, Usage } from "./port.ts";
import { createGatheredCalls, type GatheredCalls } from "./gathered-calls.ts";
import type { AnswerDecoder } from "./model-stream.ts";
import { estimateTokens, estimateRequestTokens } from "./token-estimate.ts";
import { badAnswer, readError, upstreamFault, type FaultKind, type FaultyProvider } from "./upstream-errors.ts";

/** Reads the answers of the Chat Completions protocol, streamed or whole. One instance a call. */
export function createOpenAiDecoder(provider: FaultyProvider, request: ModelRequest): AnswerDecoder {
  return new OpenAiDecoder(provider, request);
}

/** What we read of a chunk or of a whole completion; anything may be missing, and servers send `null` for most. */
interface Completion {
  model?: unknown;
  choices?: Choice[] | null;
  usage?: { prompt_tokens?: unknown; completion_tokens?: unknown } | null;
  error?: unknown;
}

interface Choice {
  delta?: Said | null;
  message?: Said | null;
  finish_reason?: string | null;
}

interface Said {
  content?: string | { type?: string; text?: string }[] | null;
  refusal?: string | null;
  tool_calls?: CallFragment[] | null;
}

interface CallFragment {
  index?: number;
  id?: string | null;
  function?: { name?: string | null; arguments?: unknown } | null;
}

class OpenAiDecoder implements AnswerDecoder {
  complete = false;
  readonly #provider: FaultyProvider;
  readonly #name: string;
  readonly #request: ModelRequest;
  #started = false;
  #reason: string | undefined;
  #usage: Completion["usage"];
  #outputTokens = 0;
  #calls: GatheredCalls | undefined;

  constructor(provider: FaultyProvider, request: ModelRequest) {
    this.#provider = provider;
    this.#name = provider.name;
    this.#request = request;
  }

  event(data: string, out: ModelEvent[]): void {
    if (this.complete) return;
    if (data === "[DONE]") {
      this.#finish(out, "stop");
      return;
    }
    const chunk = this.#parse(data);
    const choice = chunk.choices?.[0];
    if (choice === undefined && chunk.error != null) throw this.#reported(data);
    // Azure begins with a chunk of no choices; one without the member is something else.
    if (!Array.isArray(chunk.choices) && chunk.usage == null) throw badAnswer(this.#name, "A chunk has no choices.");
    this.#start(chunk, out);
    if (choice !== undefined) this.#read(choice.delta ?? choice.message, choice, out);
    if (chunk.usage != null) this.#usage = chunk.usage;
  }

  whole(answer: unknown, out: ModelEvent[]): void {
    const completion = (answer ?? {}) as Completion;
    const choice = completion.choices?.[0];
    // Some proxies answer errors with 200.
    if (choice === undefined && completion.error != null) throw this.#reported(JSON.stringify(answer));
    if (typeof choice !== "object" || choice === null || choice.message == null) throw badAnswer(this.#name, "The completion has no message.");
    this.#start(completion, out);
    this.#read(choice.message, choice, out);
    this.#usage = completion.usage;
    this.#finish(out, "stop");
  }

  end(out: ModelEvent[]): void {
    if (this.complete) return;
    // `[DONE]` is a courtesy; what an answer cannot lack is its finish reason.
    if (this.#reason === undefined) throw badAnswer(this.#name, "The stream ended without a finish reason.");
    this.#finish(out, "stop");
  }

  #parse(data: string): Completion {
    let value: unknown;
    try {
      value = JSON.parse(data);
    } catch (error) {
      throw badAnswer(this.#name, "An event is not JSON.", error);
    }
    if (typeof value !== "object" || value === null) throw badAnswer(this.#name, "An event is not an object.");
    return value;
  }

  #start(completion: Completion, out: ModelEvent[]): void {
    if (this.#started) return;
    this.#started = true;
    const { model } = completion;
    out.push({ type: "started", model: typeof model === "string" && model !== "" ? model : this.#request.model });
  }

  #read(said: Said | null | undefined, choice: Choice, out: ModelEvent[]): void {
    if (said != null) {
      const { content } = said;
      if (typeof content === "string") this.#say(content, out);
      else if (content != null) this.#sayParts(content, out);
      // A refusal is the answer's text to whoever reads it.
      if (typeof said.refusal === "string") this.#say(said.refusal, out);
      if (said.tool_calls != null) this.#gather(said.tool_calls);
    }
    if (choice.finish_reason != null) this.#reason = choice.finish_reason;
  }

  #say(text: string, out: ModelEvent[]): void {
    if (text === "") return;
    this.#outputTokens += estimateTokens(text);
    out.push({ type: "text", text });
  }

  #sayParts(parts: unknown, out: ModelEvent[]): void {
    if (!Array.isArray(parts)) throw badAnswer(this.#name, "The content is neither text nor parts.");
    for (const part of parts as { type?: string; text?: string }[]) {
      if (part?.type === "text" && typeof part.text === "string") this.#say(part.text, out);
    }
  }

  #gather(fragments: unknown): void {
    if (!Array.isArray(fragments)) throw badAnswer(this.#name, "The tool calls are not a list.");
    this.#calls ??= createGatheredCalls(this.#name);
    for (const fragment of fragments as CallFragment[]) {
      const { name, arguments: input } = fragment.function ?? {};
      // Legacy servers send the arguments as an object.
      const text = typeof input === "string" ? input : input == null ? "" : JSON.stringify(input);
      this.#outputTokens += estimateTokens(text);
      this.#calls.add(fragment.index, fragment.id ?? undefined, name ?? undefined, text);
    }
  }

  #finish(out: ModelEvent[], otherwise: FinishReason): void {
    if (!this.#started) throw badAnswer(this.#name, "The answer has no content.");
    const called = this.#calls?.flush(out) ?? 0;
    const known = reasons[this.#reason ?? ""] ?? otherwise;
    // Legacy servers, and OpenAI itself when a tool is forced, say "stop" although they call tools.
    out.push({ type: "finished", reason: called > 0 && known === "stop" ? "tool_calls" : called === 0 && known === "tool_calls" ? "stop" : known, usage: this.#counted() });
    this.complete = true;
  }

  #counted(): Usage {
    const { prompt_tokens: input, completion_tokens: output } = this.#usage ?? {};
    return {
      inputTokens: typeof input === "number" ? input : estimateRequestTokens(this.#request),
      outputTokens: typeof output === "number" ? output : Math.ceil(this.#outputTokens),
    };
  }

  #reported(data: string): Error {
    const { type, code, message } = readError(this.#provider, data);
    return upstreamFault(this.#provider, faultOf(`${type} ${code}`), message, { cause: new Error(`${this.#name} reported: ${message ?? "(no message)"}`) });
  }
}

const reasons: Record<string, FinishReason> = {
  stop: "stop",
  length: "length",
  max_tokens: "length",
  tool_calls: "tool_calls",
  function_call: "tool_calls",
  content_filter: "content_filter",
};

function faultOf(text: string): FaultKind {
  if (/rate_limit|overloaded|unavailable|\b(429|503|529)\b/i.test(text)) return "busy";
  if (/model_not_found/i.test(text)) return "model";
  if (/invalid_request|context_length|\b(400|413|422)\b/i.test(text)) return "request";
  if (/auth|permission|\b(401|403)\b/i.test(text)) return "credentials";
  return "broken";
}
