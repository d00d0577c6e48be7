import type { Logger } from "pino";
import type { AuditedCall } from "./store.ts";

export interface Batches {
  /** Takes an entry; it is written within 100 ms. */
  add(call: AuditedCall): void;
  /** Writes what is left. */
  close(): Promise<void>;
}

export interface BatchesOptions {
  write: (calls: readonly AuditedCall[]) => Promise<void>;
  log: Logger;
}

const delayMs = 100;
const retryDelayMs = 1000;
const mostABatch = 256;
/** Kept while the database cannot be written: a few megabytes. */
const mostWaiting = 10_000;

/**
 * Gathers entries, and writes them off the path of the calls: 256 at a time, or whatever has come within 100 ms. While the
 * database cannot be written they are kept, up to a bound; what comes then is dropped, and counted in the log.
 */
export function createBatches({ write, log }: BatchesOptions): Batches {
  const waiting: AuditedCall[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;
  let isFailing = false;
  let dropped = 0;
  let isClosed = false;

  function plan(afterMs: number): void {
    timer ??= setTimeout(flush, afterMs).unref();
  }

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    writing ??= writeAll().finally(() => {
      writing = undefined;
      if (waiting.length > 0) plan(isFailing ? retryDelayMs : delayMs);
    });
  }

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, mostABatch);
      try {
        await write(batch);
      } catch (err) {
        if (!isFailing) log.error({ err, entries: waiting.length }, "the audit log cannot be written; its entries are kept and tried again");
        isFailing = true;
        return;
      }
      waiting.splice(0, batch.length);
      isFailing = false;
      tellDropped();
    }
  }

  function tellDropped(): void {
    if (dropped > 0) log.error({ entries: dropped }, "entries of the audit log are lost: the database could not be written for too long");
    dropped = 0;
  }

  return {
    add(call) {
      // Only who was cut off by the stop is still answered then.
      if (isClosed) return;
      if (waiting.length >= mostWaiting) {
        dropped++;
        return;
      }
      waiting.push(call);
      if (waiting.length >= mostABatch && !isFailing) flush();
      else plan(isFailing ? retryDelayMs : delayMs);
    },
    async close() {
      // One write may be under way, with entries that came since behind it.
      await writing;
      flush();
      await writing;
      isClosed = true;
      clearTimeout(timer);
      dropped += waiting.length;
      tellDropped();
    },
  };
}
