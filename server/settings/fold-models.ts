import type { ConfiguredModel, Provider } from "../../generated/server/settings.ts";
import { checkUrl } from "./check-url.ts";
import type { Folding } from "./folding.ts";
import { below } from "./pointer.ts";
import type { ModelSettings, ProviderSettings } from "./settings.ts";

const baseUrls = { openai: "https://api.openai.com/v1", anthropic: "https://api.anthropic.com" };

/** The providers of the file, else those whose keys are in the environment; none at all means the embedded model. */
export function foldModels(folding: Folding): ModelSettings {
  const { models } = folding.file;
  if (!models?.providers) {
    const fromEnv = providersOfEnv(folding);
    return { default: models?.default ?? fromEnv.default, providers: fromEnv.providers };
  }
  const providers = Object.entries(models.providers).map(([name, provider]) => [name, foldProvider(name, provider, folding)] as const);
  return { default: models.default ?? null, providers: Object.fromEntries(providers) };
}

function foldProvider(name: string, provider: Provider, folding: Folding): ProviderSettings {
  const pointer = below("/models/providers", name);
  // A model is `provider/model`, so the first slash must be the one between them.
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(name)) folding.fault(pointer, "must have a name of 1 to 64 letters, digits, `.`, `_` or `-`.");
  const { type, baseUrl = baseUrls[type], apiKey, models = [], firstByteTimeoutMs, idleTimeoutMs, maxRetries } = provider;
  checkUrl(baseUrl, `${pointer}/baseUrl`, folding);
  if (apiKey === "") folding.fault(`${pointer}/apiKey`, "must not be empty. Leave it out where the provider needs none.");
  return {
    type,
    baseUrl,
    ...(apiKey !== undefined && { apiKey }),
    models: models.map(foldModel),
    ...(firstByteTimeoutMs !== undefined && { firstByteTimeoutMs }),
    ...(idleTimeoutMs !== undefined && { idleTimeoutMs }),
    ...(maxRetries !== undefined && { retries: maxRetries }),
  };
}

const foldModel = ({ id, contextWindow, price }: ConfiguredModel) => ({ id, ...(contextWindow !== undefined && { contextWindow }), ...(price && { price }) });

function providersOfEnv(folding: Folding): { default: string | null; providers: Record<string, ProviderSettings> } {
  const { OPENAI_API_KEY: openaiKey, OPENAI_BASE_URL: openaiUrl, ANTHROPIC_API_KEY: anthropicKey } = folding.env;
  const providers: Record<string, ProviderSettings> = {};
  if (openaiKey || openaiUrl) {
    if (openaiUrl) checkUrl(openaiUrl, "$OPENAI_BASE_URL", folding);
    providers["openai"] = { type: "openai", baseUrl: openaiUrl || baseUrls.openai, ...(openaiKey && { apiKey: openaiKey }), models: [] };
  }
  if (anthropicKey) providers["anthropic"] = { type: "anthropic", baseUrl: baseUrls.anthropic, apiKey: anthropicKey, models: [] };
  // Behind another base URL there is some other server, with models of its own.
  return { default: openaiKey && !openaiUrl ? "openai/gpt-5-mini" : null, providers };
}
