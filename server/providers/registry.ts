import { isDeepStrictEqual } from "node:util";
import { GatewayError } from "../errors.ts";
import { createEntry, closeEntry, type Entry, knows, modelIds, passed, resolved, toldContextWindow } from "./entry.ts";
import { usualContextWindow } from "./context-window.ts";
import { createEmbeddedProvider, embeddedModel, type EmbeddedProviderOptions } from "./embedded.ts";
import type { Provider } from "./port.ts";
import { createPrice, type Price } from "./price.ts";
import type { OnUpstreamCall, UpstreamHealth, UpstreamTiming } from "./upstream.ts";

/** `models` of the settings. */
export interface ModelSettings {
  /** `provider/model`, or a bare model name; without one, the first model of the first provider. */
  default?: string | null;
  providers: Readonly<Record<string, ProviderSettings>>;
}

export interface ProviderSettings extends UpstreamTiming {
  type: "openai" | "anthropic";
  baseUrl?: string;
  apiKey?: string;
  /** Models that are known without asking the provider, with what only the operator knows. */
  models?: readonly ConfiguredModel[];
}

export interface ConfiguredModel {
  id: string;
  /** In tokens. */
  contextWindow?: number;
  /** For a million tokens. */
  price?: { input: number; output: number };
}

/** A name made into something that can be called. */
export interface ResolvedModel {
  provider: Provider;
  /** For `ModelRequest.model`. */
  model: string;
  /** `provider/model`, as the gateway shows it. */
  id: string;
  /** Tokens that a request and its answer may have together: as the settings say, else the provider, else as is usual for the name. */
  readonly contextWindow: number;
  /** Null where the settings have none. */
  readonly price: Price | null;
}

export interface ListedModel {
  id: string;
  provider: string;
  contextWindow?: number;
  price?: { input: number; output: number };
  default: boolean;
}

export interface ProviderStatus extends UpstreamHealth {
  name: string;
  type: Provider["type"];
}

export interface Providers {
  /**
   * Finds the model of a name; null or undefined means the default. Rejects with `not_found` and `details.models` when the
   * providers do not have it, with `service_unavailable` when there is no way to tell what the default is.
   */
  resolve(name: string | null | undefined, signal: AbortSignal): Promise<ResolvedModel>;
  /** Every model of every provider. One that cannot be reached contributes what the settings say of it. */
  list(signal: AbortSignal): Promise<ListedModel[]>;
  status(): ProviderStatus[];
  /** Exchanges the providers. One that stays as it is keeps its connections; the others' are closed once `unused` resolves. */
  use(next: ModelSettings, unused: Promise<void>): void;
  close(): Promise<void>;
}

export interface ProvidersOptions {
  clock?: { now(): number };
  /** For the embedded model, which answers when no provider is configured. */
  embedded?: EmbeddedProviderOptions;
  onCall?: OnUpstreamCall;
}

/** Builds the providers of the settings. With none configured, the embedded model answers to every name. */
export function createProviders(settings: ModelSettings, options: ProvidersOptions = {}): Providers {
  return new Registry(settings, options);
}

class Registry implements Providers {
  readonly #clock: { now(): number };
  readonly #onCall: OnUpstreamCall | undefined;
  /** Answers while there is no provider. */
  readonly #embedded: ResolvedModel;
  #entries: readonly Entry[] = [];
  #default: string | null = null;
  /** Exchanged for others, and still in use. */
  readonly #retired = new Set<Entry>();

  constructor(settings: ModelSettings, { clock = Date, embedded, onCall }: ProvidersOptions) {
    this.#clock = clock;
    this.#onCall = onCall;
    this.#embedded = { provider: createEmbeddedProvider(embedded), model: embeddedModel, id: `embedded/${embeddedModel}`, contextWindow: usualContextWindow(embeddedModel), price: createPrice({ input: 0, output: 0 }) };
    this.use(settings, Promise.resolve());
  }

  use({ default: defaultName = null, providers }: ModelSettings, unused: Promise<void>): void {
    const before = this.#entries;
    this.#default = defaultName;
    this.#entries = Object.entries(providers).map(([name, settings]) => {
      const same = before.find((entry) => entry.name === name && isDeepStrictEqual(entry.settings, settings));
      return same ?? createEntry(name, settings, this.#clock, this.#onCall);
    });
    for (const entry of before) {
      if (this.#entries.includes(entry)) continue;
      this.#retired.add(entry);
      void unused.then(async () => {
        if (this.#retired.delete(entry)) await closeEntry(entry);
      });
    }
  }

  async resolve(name: string | null | undefined, signal: AbortSignal): Promise<ResolvedModel> {
    if (this.#entries.length === 0) return this.#embedded;
    if (name == null || name === "") return this.#resolveDefault(signal);
    return this.#lookUp(name) ?? this.#ask(name, signal);
  }

  async list(signal: AbortSignal): Promise<ListedModel[]> {
    await this.#refreshAll(signal);
    if (this.#entries.length === 0) return [{ id: this.#embedded.id, provider: this.#embedded.provider.name, default: true }];
    const defaultId = await this.#resolveDefault(signal).then(
      (resolved) => resolved.id,
      () => undefined,
    );
    return this.#entries.flatMap((entry) =>
      modelIds(entry).map((id) => {
        const configured = entry.configured.get(id);
        const contextWindow = toldContextWindow(entry, id);
        return {
          id: `${entry.name}/${id}`,
          provider: entry.name,
          ...(contextWindow !== undefined && { contextWindow }),
          ...(configured?.price !== undefined && { price: configured.price }),
          default: `${entry.name}/${id}` === defaultId,
        };
      }),
    );
  }

  status(): ProviderStatus[] {
    const { name, type } = this.#embedded.provider;
    if (this.#entries.length === 0) return [{ name, type, lastSuccessAt: null, lastErrorAt: null, lastError: null, isFailing: false }];
    return this.#entries.map(({ name, provider }) => ({ name, type: provider.type, ...provider.health() }));
  }

  async close(): Promise<void> {
    const retired = [...this.#retired];
    this.#retired.clear();
    await Promise.all([...this.#entries, ...retired].map(closeEntry));
  }

  /** The name among what is already known. A list that is out of date still says that a model exists, and is renewed behind the answer. */
  #lookUp(name: string): ResolvedModel | undefined {
    const prefixed = this.#prefixed(name);
    if (prefixed !== undefined && knows(prefixed.entry, prefixed.model)) return resolved(prefixed.entry, prefixed.model);
    for (const entry of this.#entries) if (entry.configured.has(name)) return resolved(entry, name);
    for (const entry of this.#entries) if (knows(entry, name)) return resolved(entry, name);
    return undefined;
  }

  async #ask(name: string, signal: AbortSignal): Promise<ResolvedModel> {
    await this.#prefixed(name)?.entry.list.refresh(signal);
    const found = this.#lookUp(name);
    if (found !== undefined) return found;
    // Looked for again: the providers may have been exchanged meanwhile.
    const prefixed = this.#prefixed(name);
    if (prefixed !== undefined && !prefixed.entry.list.fresh) return passed(prefixed.entry, prefixed.model);
    await this.#refreshAll(signal);
    const late = this.#lookUp(name);
    if (late !== undefined) return late;
    // Nobody can say that the model does not exist while a provider is silent: that one, the default's first, may answer for itself.
    const silent = prefixed === undefined ? this.#byDefault().find((entry) => !entry.list.fresh) : undefined;
    if (silent !== undefined) return passed(silent, name);
    const models = this.#entries.flatMap((entry) => modelIds(entry).map((id) => `${entry.name}/${id}`));
    throw new GatewayError("not_found", `No provider knows the model ${JSON.stringify(name.slice(0, 200))}.`, { details: { models } });
  }

  async #resolveDefault(signal: AbortSignal): Promise<ResolvedModel> {
    if (this.#default !== null && this.#default !== "") {
      const known = this.#lookUp(this.#default);
      if (known !== undefined) return known;
      // What the operator wrote down is believed; asking first would make the gateway's first answer wait for a list.
      const prefixed = this.#prefixed(this.#default);
      return prefixed === undefined ? this.#ask(this.#default, signal) : resolved(prefixed.entry, prefixed.model);
    }
    const first = this.#entries[0];
    if (first === undefined) throw new GatewayError("service_unavailable", "No model is configured.");
    if (modelIds(first).length === 0) await first.list.refresh(signal);
    const model = modelIds(first)[0];
    if (model !== undefined) return resolved(first, model);
    throw new GatewayError("service_unavailable", `No default model is configured, and the provider ${first.name} cannot be asked for its models.`, {
      details: { provider: first.name },
      retryAfterSeconds: 30,
    });
  }

  #prefixed(name: string): { entry: Entry; model: string } | undefined {
    for (const entry of this.#entries) {
      if (name.length > entry.name.length + 1 && name[entry.name.length] === "/" && name.startsWith(entry.name)) {
        return { entry, model: name.slice(entry.name.length + 1) };
      }
    }
    return undefined;
  }

  /** The entries, the one of the default model first. */
  #byDefault(): readonly Entry[] {
    const first = this.#default === null ? undefined : this.#prefixed(this.#default)?.entry;
    return first === undefined ? this.#entries : [first, ...this.#entries.filter((entry) => entry !== first)];
  }

  async #refreshAll(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#entries.map((entry) => entry.list.refresh(signal)));
  }
}
