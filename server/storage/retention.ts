import { setImmediate as nextRound } from "node:timers/promises";
import type { Logger } from "pino";
import { dayMs } from "../durations.ts";

/** Where old rows are. */
export interface Prunable {
  /** Deletes the oldest made before a moment (epoch milliseconds), `most` of them; how many it were. */
  deleteBefore(at: number, most: number): Promise<number>;
}

export interface Retention {
  /** Keeps entries for so many days from now on; null for ever. */
  use(days: number | null): void;
  close(): Promise<void>;
}

export interface RetentionOptions {
  store: Prunable;
  /** What the rows are, for the log. */
  what: string;
  log: Logger;
  now: () => number;
  days: number | null;
}

const intervalMs = 3_600_000;
/** Deleted in one go; a few milliseconds. */
const mostAChunk = 500;

/** Deletes what is older than is to be kept: now, and every hour. In chunks, between which others get their turn. */
export function createRetention({ store, what, log, now, days }: RetentionOptions): Retention {
  let isClosed = false;

  async function prune(): Promise<void> {
    try {
      for (let isMore = true; isMore && !isClosed && days !== null; ) {
        isMore = (await store.deleteBefore(now() - days * dayMs, mostAChunk)) === mostAChunk;
        await nextRound();
      }
    } catch (err) {
      log.error({ err }, `old ${what} could not be deleted; the next hour tries again`);
    }
  }

  // One behind the other; it never rejects.
  let running = prune();
  const pruneAgain = () => void (running = running.then(prune));
  const timer = setInterval(pruneAgain, intervalMs).unref();
  return {
    use(next) {
      days = next;
      pruneAgain();
    },
    async close() {
      isClosed = true;
      clearInterval(timer);
      await running;
    },
  };
}
