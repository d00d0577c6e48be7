import type { ModelInfo, Provider } from "./port.ts";

/** What is known of the models that a provider itself lists. */
export interface ModelList {
  /** The list as last fetched, old or not; undefined before the first success. Costs nothing. */
  readonly known: ReadonlyMap<string, ModelInfo> | undefined;
  /** Whether `known` may still be relied on to say that a model does not exist. */
  readonly fresh: boolean;
  /** Fetches the list unless it is fresh. Answers false when the provider could not be asked; rejects only with the signal's reason. */
  refresh(signal: AbortSignal): Promise<boolean>;
  close(): void;
}

const freshMs = 10 * 60_000;
/** A provider that cannot list its models is not asked again for so long. */
const failedMs = 30_000;
const fetchMs = 10_000;

/** Keeps one provider's list. Callers that ask at the same time share one fetch, and none of them can abort it for the others. */
export function createModelList(provider: Provider, clock: { now(): number }): ModelList {
  const closing = new AbortController();
  let known: ReadonlyMap<string, ModelInfo> | undefined;
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let failedAt = Number.NEGATIVE_INFINITY;
  let flight: Promise<boolean> | undefined;

  async function fetch(): Promise<boolean> {
    try {
      const models = await provider.listModels(AbortSignal.any([closing.signal, AbortSignal.timeout(fetchMs)]));
      known = new Map(models.map((model) => [model.id, model]));
      fetchedAt = clock.now();
      return true;
    } catch {
      failedAt = clock.now();
      return false;
    } finally {
      flight = undefined;
    }
  }

  return {
    get known() {
      return known;
    },
    get fresh() {
      return clock.now() - fetchedAt < freshMs;
    },
    refresh(signal) {
      if (clock.now() - fetchedAt < freshMs) return Promise.resolve(true);
      if (clock.now() - failedAt < failedMs) return Promise.resolve(false);
      flight ??= fetch();
      return unlessAborted(flight, signal);
    },
    close: () => closing.abort(),
  };
}

function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  if (signal.aborted) return Promise.reject(signal.reason as Error);
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
