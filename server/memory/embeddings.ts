import type { Logger } from "pino";
import { GatewayError } from "../errors.ts";
import type { Providers } from "../providers/registry.ts";
import type { SearchScope } from "./full-text.ts";
import type { Memory } from "./store.ts";
import type { VectorStore } from "./vectors.ts";

/** Entries that mean what a query means, in whatever words. Nothing it does can fail a search or a save: then these go by words alone. */
export interface Embeddings {
  /** `provider/model`; null turns it off. */
  use(model: string | null): void;
  readonly isOn: boolean;
  /** Gives the entries that have no vector theirs, in the background. */
  wake(): void;
  /** The entries nearest to the query, by the cosine of their vectors; none when the provider does not answer in time. */
  nearest(query: string, scope: SearchScope): Promise<{ memory: Memory; similarity: number }[]>;
  /** Ends what is under way. */
  close(): void;
}

export interface EmbeddingsOptions {
  store: VectorStore;
  providers: Pick<Providers, "resolve">;
  log: Logger;
}

export function createEmbeddings({ store, providers, log }: EmbeddingsOptions): Embeddings {
  const closing = new AbortController();
  let model: string | null = null;
  /** Entries up to this number have their vectors. */
  let done = 0;
  let isWorking = false;
  let isAwaited = false;

  async function embed(name: string, texts: readonly string[], timeoutMs: number): Promise<Float32Array[]> {
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(timeoutMs)]);
    const { provider, model: id } = await providers.resolve(name, signal);
    if (provider.embed === undefined) throw new GatewayError("service_unavailable", `The provider ${provider.name} makes no embeddings.`);
    const cut = texts.map((text) => text.slice(0, mostCharacters));
    return (await provider.embed(id, cut, signal)).map(ofLengthOne);
  }

  /** Until no entry is without. A failure ends it; the next save, or the hourly sweep, tries again. */
  async function work(): Promise<void> {
    try {
      for (let name = model; name !== null && !closing.signal.aborted; name = model) {
        isAwaited = false;
        const entries = await store.missing(name, done, batch);
        if (entries.length > 0) {
          const vectors = await embed(name, entries.map(({ text }) => text), workTimeoutMs);
          await store.save(name, entries.map(({ number }, index) => ({ number, vector: vectors[index]! })));
        }
        if (name !== model) continue;
        done = entries.at(-1)?.number ?? done;
        if (entries.length < batch && !isAwaited) return;
      }
    } finally {
      isWorking = false;
    }
  }

  function wake(): void {
    isAwaited = true;
    if (isWorking || model === null) return;
    isWorking = true;
    work().catch((error: unknown) => closing.signal.aborted || log.warn({ err: error }, "memories could not be given embeddings; it is tried again later"));
  }

  return {
    use(next) {
      if (next === model) return;
      model = next;
      done = 0;
      wake();
    },
    get isOn() {
      return model !== null;
    },
    wake,
    async nearest(query, { workspaces, tags }) {
      if (model === null) return [];
      try {
        const [wanted] = await embed(model, [query], queryTimeoutMs);
        const all = (await store.newest(model, workspaces, mostCompared)).map(({ number, vector }) => ({ number, similarity: cosine(wanted!, vector) }));
        all.sort((a, b) => b.similarity - a.similarity);
        const near = all.slice(0, mostNear).filter(({ similarity }) => similarity > 0 && similarity >= (all[0]?.similarity ?? 0) * nearShare);
        const entries = await store.entries(near.map(({ number }) => number));
        return near.flatMap(({ number, similarity }) => {
          const memory = entries.get(number);
          const lower = memory?.tags.map((tag) => tag.toLowerCase());
          return memory !== undefined && tags.every((tag) => lower?.includes(tag.toLowerCase())) ? [{ memory, similarity }] : [];
        });
      } catch (error) {
        if (!closing.signal.aborted) log.warn({ err: error }, "a search of the memory went by words alone");
        return [];
      }
    },
    close: () => closing.abort(),
  };
}

const batch = 64;
const workTimeoutMs = 60_000;
/** A turn waits for this. */
const queryTimeoutMs = 1000;
/** About 2,000 tokens: models take 8,000 and more, but not every small one. */
const mostCharacters = 8000;
/** The newest so many are compared: 2,000 vectors of 1,536 numbers are 12 MB to read and 3 million products. */
const mostCompared = 2000;
const mostNear = 50;
/** Something is always nearest: what is much farther away than the nearest has nothing to do with the query. */
const nearShare = 0.8;

function ofLengthOne(vector: Float32Array): Float32Array {
  const length = Math.sqrt(cosine(vector, vector)) || 1;
  return vector.map((value) => value / length);
}

/** Of vectors of the length 1. One of another length, from a model that has changed under its name, is like nothing. */
function cosine(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return 0;
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!;
  return sum;
}
