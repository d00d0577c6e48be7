import { createAnthropicProvider } from "./anthropic.ts";
import { usualContextWindow } from "./context-window.ts";
import { createModelList, type ModelList } from "./model-list.ts";
import { createOpenAiProvider, type RemoteProvider, type RemoteProviderOptions } from "./openai.ts";
import { createPrice } from "./price.ts";
import type { OnUpstreamCall } from "./upstream.ts";
import type { ConfiguredModel, ProviderSettings, ResolvedModel } from "./registry.ts";

/** One provider of the settings, with what is known of its models. */
export interface Entry {
  name: string;
  settings: ProviderSettings;
  provider: RemoteProvider;
  configured: ReadonlyMap<string, ConfiguredModel>;
  list: ModelList;
  /** One object per model for the life of the entry, so that resolving a known name allocates nothing. */
  resolved: Map<string, ResolvedModel>;
}

export function createEntry(name: string, settings: ProviderSettings, clock: { now(): number }, onCall?: OnUpstreamCall): Entry {
  const provider = createRemoteProvider(name, settings, clock, onCall);
  return { name, settings, provider, configured: new Map((settings.models ?? []).map((model) => [model.id, model])), list: createModelList(provider, clock), resolved: new Map() };
}

/** One provider of the settings, by itself. */
export function createRemoteProvider(name: string, settings: ProviderSettings, clock: { now(): number }, onCall?: OnUpstreamCall): RemoteProvider {
  const { type, baseUrl, apiKey, models: _models, ...timing } = settings;
  const options: RemoteProviderOptions = { name, timing, clock, onCall, ...(baseUrl !== undefined && { baseUrl }), ...(apiKey !== undefined && { apiKey }) };
  return type === "anthropic" ? createAnthropicProvider(options) : createOpenAiProvider(options);
}

/** Closes its connections, and asks for nothing any more. */
export function closeEntry(entry: Entry): Promise<void> {
  entry.list.close();
  return entry.provider.close();
}

/** Whether it has the model, as far as is known. A list that is out of date still says so, and is renewed behind the answer. */
export function knows(entry: Entry, model: string): boolean {
  if (entry.configured.has(model)) return true;
  if (entry.list.known?.has(model) !== true) return false;
  if (!entry.list.fresh) void entry.list.refresh(neverAborted);
  return true;
}

const neverAborted = new AbortController().signal;

/** The ids of its models: those of the settings first. */
export function modelIds(entry: Entry): string[] {
  return [...new Set([...entry.configured.keys(), ...(entry.list.known?.keys() ?? [])])];
}

/** What the settings say of a model's window, else the provider. */
export function toldContextWindow(entry: Entry, model: string): number | undefined {
  return entry.configured.get(model)?.contextWindow ?? entry.list.known?.get(model)?.contextWindow;
}

/** For names that are known. */
export function resolved(entry: Entry, model: string): ResolvedModel {
  let found = entry.resolved.get(model);
  if (found === undefined) {
    found = passed(entry, model);
    entry.resolved.set(model, found);
  }
  return found;
}

/** For names that a caller made up: nothing of them is kept. */
export function passed(entry: Entry, model: string): ResolvedModel {
  const usual = usualContextWindow(model);
  const price = entry.configured.get(model)?.price;
  return {
    provider: entry.provider,
    model,
    id: `${entry.name}/${model}`,
    // Asked for anew each time: the provider's list may come later than the first turn.
    get contextWindow() {
      return toldContextWindow(entry, model) ?? usual;
    },
    price: price === undefined ? null : createPrice(price),
  };
}
