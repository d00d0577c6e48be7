import { setImmediate as breathe, setTimeout as sleep } from "node:timers/promises";
import { answerOf } from "./embedded-answer.ts";
import { countTokens, cutTokens, words } from "./embedded-tokens.ts";
import type { ModelEvent, ModelRequest, Provider, Usage } from "./port.ts";

/** The embedded model's id, and what it says of itself in `started`, whatever it was called in the request. */
export const embeddedModel = "echo-1";
const embeddedModelId = `embedded/${embeddedModel}`;

export interface EmbeddedProviderOptions {
  /** Waits so long before each word of a stream, so that a test or a person can watch it. Default 0: one turn of the event loop. */
  delayMs?: number;
}

/**
 * The model that is there when no provider is configured. It is deterministic, needs no network and never claims to be
 * more than it is; it goes through the same port as the real ones, so that everything above it is the real path.
 */
export function createEmbeddedProvider({ delayMs = 0 }: EmbeddedProviderOptions = {}): Provider {
  return {
    name: "embedded",
    type: "embedded",
    generate: (request, signal) => generate(request, signal, delayMs),
    listModels: () => Promise.resolve([{ id: embeddedModel }]),
    close: () => Promise.resolve(),
  };
}

async function* generate(request: ModelRequest, signal: AbortSignal, delayMs: number): AsyncGenerator<readonly ModelEvent[], void, undefined> {
  signal.throwIfAborted();
  yield [{ type: "started", model: embeddedModelId }];
  const { text, calls } = answerOf(request);
  const bounded = cutTokens(beforeStop(text, request.stop), request.maxTokens ?? Number.POSITIVE_INFINITY);
  if (!request.stream) {
    if (bounded.text !== "") yield [{ type: "text", text: bounded.text }];
  } else {
    for (const word of words(bounded.text)) {
      // Lets the event loop turn, or an abort and a slow reader would go unheard until the last word.
      if (delayMs > 0) await sleep(delayMs, undefined, { signal }).catch(() => signal.throwIfAborted());
      else await breathe();
      signal.throwIfAborted();
      yield [{ type: "text", text: word }];
    }
  }
  const usage: Usage = {
    inputTokens: inputTokens(request),
    outputTokens: bounded.count + calls.reduce((sum, call) => sum + countTokens(call.name) + countTokens(call.arguments), 0),
  };
  yield [
    ...calls.map((call) => ({ type: "toolCall", call }) as const),
    { type: "finished", reason: calls.length > 0 ? "tool_calls" : bounded.cut ? "length" : "stop", usage },
  ];
}

function beforeStop(text: string, stops: readonly string[] = []): string {
  const ends = stops.flatMap((stop) => (stop !== "" && text.includes(stop) ? [text.indexOf(stop)] : []));
  return ends.length === 0 ? text : text.slice(0, Math.min(...ends));
}

function inputTokens(request: ModelRequest): number {
  let count = 0;
  for (const message of request.messages) {
    if (typeof message.content === "string") count += countTokens(message.content);
    else for (const part of message.content) count += part.type === "text" ? countTokens(part.text) : 1;
    if (message.role === "assistant") for (const call of message.toolCalls ?? []) count += countTokens(call.name) + countTokens(call.arguments);
  }
  return count;
}
