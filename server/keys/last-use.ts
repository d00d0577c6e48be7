/** When keys were used last: kept in memory, written now and then. */
export interface LastUse {
  /** A key is used. Costs the request one entry of a map. */
  note(id: string, at: number): void;
  /** The last use that is not written yet. */
  of(id: string): number | undefined;
  /** Writes what is not written yet. Call it before the database is closed. */
  flush(): Promise<void>;
}

/** All keys used within this time are written together, so no key more often. */
const writeAfterMs = 60_000;

/** Keeps the requests in between from waiting for those of ten thousand keys. */
const mostAtOnce = 100;

interface LastUseOptions {
  write: (uses: readonly (readonly [id: string, at: number])[]) => Promise<void>;
  /** Told when writing failed: nobody waits for it. */
  onFailure: (cause: unknown) => void;
}

export function createLastUse({ write, onFailure }: LastUseOptions): LastUse {
  let unwritten = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const uses = [...unwritten];
    unwritten = new Map();
    for (let from = 0; from < uses.length; from += mostAtOnce) await write(uses.slice(from, from + mostAtOnce));
  }

  return {
    note(id, at) {
      unwritten.set(id, at);
      // It keeps no process alive: `flush` is called at the end.
      timer ??= setTimeout(() => void flush().catch(onFailure), writeAfterMs).unref();
    },
    of: (id) => unwritten.get(id),
    flush,
  };
}
