import { collectBody } from "./collect-body.ts";
import type { ModelInfo, Provider } from "./port.ts";
import { streamModel } from "./model-stream.ts";
import { createOpenAiDecoder } from "./openai-decoder.ts";
import { encodeEmbeddings, readEmbeddings } from "./openai-embeddings.ts";
import { encodeOpenAiRequest, type MaxTokensField } from "./openai-request.ts";
import { createUpstream, type OnUpstreamCall, type UpstreamHealth, type UpstreamTiming } from "./upstream.ts";
import { badAnswer } from "./upstream-errors.ts";

/** What a remote provider is made of. */
export interface RemoteProviderOptions {
  /** Its name in the settings. */
  name: string;
  baseUrl?: string;
  apiKey?: string;
  timing?: UpstreamTiming;
  clock?: { now(): number };
  onCall?: OnUpstreamCall | undefined;
}

/** A provider behind HTTP, which can say how it has fared. */
export interface RemoteProvider extends Provider {
  health(): UpstreamHealth;
}

const openAiBaseUrl = "https://api.openai.com/v1";

/**
 * A provider that speaks OpenAI's Chat Completions protocol: OpenAI itself, Ollama, vLLM, LM Studio, llama.cpp, LiteLLM, OpenRouter…
 * `baseUrl` ends where `/chat/completions` begins, usually in `/v1`.
 */
export function createOpenAiProvider({ name, baseUrl = openAiBaseUrl, apiKey, timing, clock, onCall }: RemoteProviderOptions): RemoteProvider {
  const provider = { name, secrets: apiKey === undefined ? [] : [apiKey] };
  const upstream = createUpstream({
    name,
    baseUrl,
    headers: { ...(apiKey !== undefined && apiKey !== "" && { authorization: `Bearer ${apiKey}` }), "user-agent": "openclaw-gateway" },
    secrets: provider.secrets,
    ...(timing !== undefined && { timing }),
    ...(clock !== undefined && { clock }),
    onCall,
  });
  const maxTokensField = maxTokensFieldOf(baseUrl);
  return {
    name,
    type: "openai",
    generate(request, signal) {
      return streamModel(
        {
          name,
          stream: request.stream,
          decoder: createOpenAiDecoder(provider, request),
          open: (sink) => upstream.post("/chat/completions", encodeOpenAiRequest(request, maxTokensField), request.stream, sink, signal, request.traceparent),
        },
        signal,
      );
    },
    async embed(model, texts, signal) {
      const body = encodeEmbeddings(model, texts);
      return readEmbeddings(name, await collectBody(name, (sink) => upstream.post("/embeddings", body, false, sink, signal)), texts.length);
    },
    async listModels(signal) {
      return readModelList(name, await upstream.getJson("/models", signal));
    },
    health: upstream.health,
    close: upstream.close,
  };
}

/** OpenAI's own newer models refuse `max_tokens`, as Azure's do; most other servers know nothing else. */
function maxTokensFieldOf(baseUrl: string): MaxTokensField {
  const { hostname } = new URL(baseUrl);
  return hostname === "api.openai.com" || hostname.endsWith(".openai.com") || hostname.endsWith(".azure.com") ? "max_completion_tokens" : "max_tokens";
}

/** Reads `{data: [{id}]}`, which both protocols answer, with the context window where a server tells it. */
export function readModelList(name: string, answer: unknown): ModelInfo[] {
  const data = typeof answer === "object" && answer !== null && "data" in answer ? answer.data : undefined;
  if (!Array.isArray(data)) throw badAnswer(name, "The list of models has no data.");
  return data.flatMap((entry: Record<string, unknown> | null) => {
    if (typeof entry?.["id"] !== "string") return [];
    // vLLM, OpenRouter, Groq and Anthropic each have their own word for it.
    const window = [entry["max_model_len"], entry["context_length"], entry["context_window"], entry["max_input_tokens"]].find((value) => typeof value === "number");
    return [{ id: entry["id"], ...(typeof window === "number" && { contextWindow: window }) }];
  });
}
