import { createAnthropicDecoder } from "./anthropic-decoder.ts";
import { encodeAnthropicRequest } from "./anthropic-request.ts";
import { streamModel } from "./model-stream.ts";
import { readModelList, type RemoteProvider, type RemoteProviderOptions } from "./openai.ts";
import { createUpstream } from "./upstream.ts";

const anthropicBaseUrl = "https://api.anthropic.com";

/** A provider that speaks Anthropic's Messages API (version 2023-06-01). `baseUrl` ends where `/v1/messages` begins. */
export function createAnthropicProvider({ name, baseUrl = anthropicBaseUrl, apiKey, timing, clock, onCall }: RemoteProviderOptions): RemoteProvider {
  const provider = { name, secrets: apiKey === undefined ? [] : [apiKey] };
  const upstream = createUpstream({
    name,
    // People write it with and without the version, as OpenAI's has it.
    baseUrl: baseUrl.replace(/\/v1\/?$/, ""),
    headers: { ...(apiKey !== undefined && apiKey !== "" && { "x-api-key": apiKey }), "anthropic-version": "2023-06-01", "user-agent": "openclaw-gateway" },
    secrets: provider.secrets,
    ...(timing !== undefined && { timing }),
    ...(clock !== undefined && { clock }),
    onCall,
  });
  return {
    name,
    type: "anthropic",
    generate(request, signal) {
      return streamModel(
        {
          name,
          stream: request.stream,
          decoder: createAnthropicDecoder(provider, request.model),
          open: (sink) => upstream.post("/v1/messages", encodeAnthropicRequest(request), request.stream, sink, signal, request.traceparent),
        },
        signal,
      );
    },
    async listModels(signal) {
      return readModelList(name, await upstream.getJson("/v1/models?limit=1000", signal));
    },
    health: upstream.health,
    close: upstream.close,
  };
}
