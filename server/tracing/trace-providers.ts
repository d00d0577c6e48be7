import { GatewayError } from "../errors.ts";
import type { ModelEvent, ModelRequest, Provider } from "../providers/port.ts";
import type { Providers, ResolvedModel } from "../providers/registry.ts";
import { type Span, spanKind, type Tracer } from "./tracer.ts";

/** Each call of a model is a span, which the provider is told of. */
export function traceProviders(providers: Providers, tracer: Tracer): Providers {
  const traced = new WeakMap<Provider, Provider>();

  function tracedProvider(provider: Provider): Provider {
    let found = traced.get(provider);
    if (!found) traced.set(provider, (found = traceProvider(provider, tracer)));
    return found;
  }

  return {
    async resolve(name, signal): Promise<ResolvedModel> {
      const resolved = await providers.resolve(name, signal);
      return { provider: tracedProvider(resolved.provider), model: resolved.model, id: resolved.id, contextWindow: resolved.contextWindow, price: resolved.price };
    },
    list: (signal) => providers.list(signal),
    status: () => providers.status(),
    use: (next, unused) => providers.use(next, unused),
    close: () => providers.close(),
  };
}

function traceProvider(provider: Provider, tracer: Tracer): Provider {
  return {
    name: provider.name,
    type: provider.type,
    generate: (request, signal) => generate(provider, request, signal, tracer),
    ...(provider.embed && { embed: (model, texts, signal) => provider.embed!(model, texts, signal) }),
    listModels: (signal) => provider.listModels(signal),
    close: () => provider.close(),
  };
}

async function* generate(provider: Provider, request: ModelRequest, signal: AbortSignal, tracer: Tracer): AsyncGenerator<readonly ModelEvent[]> {
  const span = tracer.start(`chat ${request.model}`, spanKind.client, {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": provider.type,
    "gen_ai.request.model": request.model,
    "gen_ai.request.max_tokens": request.maxTokens,
    "gen_ai.request.temperature": request.temperature,
    "openclaw.provider": provider.name,
  });
  try {
    for await (const events of provider.generate({ ...request, traceparent: span.traceparent }, signal)) {
      for (const event of events) note(span, event);
      yield events;
    }
  } catch (thrown) {
    span.fail(GatewayError.from(thrown).code);
    throw thrown;
  } finally {
    span.end();
  }
}

function note(span: Span, event: ModelEvent): void {
  if (event.type === "started") span.set({ "gen_ai.response.model": event.model });
  if (event.type !== "finished") return;
  span.set({ "gen_ai.usage.input_tokens": event.usage.inputTokens, "gen_ai.usage.output_tokens": event.usage.outputTokens, "gen_ai.response.finish_reasons": [event.reason] });
}
