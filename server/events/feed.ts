import type { LoggedEvent } from "./event.ts";
import type { EventStore } from "./store.ts";

/** The log as it grows, for any number of readers: what is new is read from the database once for all of them. */
export interface EventFeed {
  /** All events behind a cursor, in batches, as they come; ends with the signal, or the feed. */
  follow(cursor: number, signal: AbortSignal): AsyncGenerator<readonly LoggedEvent[]>;
  /** There may be something new. */
  wake(): void;
  /** Ends every reader. */
  close(): void;
}

export interface EventFeedOptions {
  store: Pick<EventStore, "after" | "newest">;
  /** How often to look for what another process has written, while somebody reads. */
  pollIntervalMs?: number;
}

const mostAtOnce = 100;
/** What is kept in memory for readers that are not far behind: events, and characters of what was said in them. */
const mostKept = 500;
const mostKeptCharacters = 4_000_000;

export function createEventFeed({ store, pollIntervalMs = 1000 }: EventFeedOptions): EventFeed {
  let kept: LoggedEvent[] = [];
  let keptCharacters = 0;
  /** The log has been read up to here. */
  let readTo = 0;
  let isStale = false;
  let isClosed = false;
  let waiting: (() => void)[] = [];
  let readers = 0;
  let timer: NodeJS.Timeout | undefined;

  function wake(): void {
    if (readers === 0) return;
    isStale = true;
    const woken = waiting;
    waiting = [];
    for (const resume of woken) resume();
  }

  function poll(): void {
    if (store.newest() > readTo) wake();
  }

  function enter(): void {
    if (readers++ > 0) return;
    [kept, keptCharacters, readTo, isStale] = [[], 0, store.newest(), false];
    timer = setInterval(poll, pollIntervalMs).unref();
  }

  function leave(): void {
    if (--readers > 0) return;
    clearInterval(timer);
    [kept, keptCharacters] = [[], 0];
  }

  /** Reads on until there is nothing new, or enough for now. */
  function readOn(): void {
    const fresh = store.after(readTo, mostAtOnce);
    isStale = fresh.length === mostAtOnce;
    for (const event of fresh) keptCharacters += charactersOf(event);
    kept.push(...fresh);
    readTo = fresh.at(-1)?.cursor ?? readTo;
    let dropped = 0;
    while (kept.length - dropped > mostKept || (keptCharacters > mostKeptCharacters && kept.length - dropped > mostAtOnce)) keptCharacters -= charactersOf(kept[dropped++]!);
    if (dropped > 0) kept = kept.slice(dropped);
  }

  function after(cursor: number): readonly LoggedEvent[] {
    if (isStale && cursor >= readTo) readOn();
    const first = kept[0];
    if (cursor >= readTo) return [];
    if (first === undefined || cursor < first.cursor - 1) return store.after(cursor, mostAtOnce);
    return kept.slice(kept.findIndex((event) => event.cursor > cursor));
  }

  return {
    async *follow(cursor, signal) {
      enter();
      const stop = () => wake();
      signal.addEventListener("abort", stop, { once: true });
      try {
        let position = cursor;
        while (!signal.aborted && !isClosed) {
          const batch = after(position);
          if (batch.length > 0) {
            position = batch.at(-1)!.cursor;
            yield batch;
          } else await new Promise<void>((resolve) => waiting.push(resolve));
        }
      } finally {
        signal.removeEventListener("abort", stop);
        leave();
      }
    },
    wake,
    close() {
      isClosed = true;
      wake();
    },
  };
}

function charactersOf({ data }: LoggedEvent): number {
  return (("content" in data && data.content?.length) || ("response" in data && data.response?.length) || 0) + 500;
}
