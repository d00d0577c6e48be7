import { setImmediate as nextRound } from "node:timers/promises";
import type { Logger } from "pino";
import type { AuditStore } from "./store.ts";

export interface Retention {
  /** Keeps entries for so many days from now on; null for ever. */
  use(days: number | null): void;
  close(): Promise<void>;
}

export interface RetentionOptions {
  store: Pick<AuditStore, "deleteBefore">;
  log: Logger;
  now: () => number;
  days: number | null;
}

const intervalMs = 3_600_000;
const dayMs = 86_400_000;
/** Deleted in one go; a few milliseconds. */
const mostAChunk = 500;

/** Deletes what is older than the settings say: now, and every hour. In chunks, between which others get their turn. */
export function createRetention({ store, log, now, days }: RetentionOptions): Retention {
  let isClosed = false;

  async function prune(): Promise<void> {
    try {
      for (let isMore = true; isMore && !isClosed && days !== null; ) {
        isMore = (await store.deleteBefore(now() - days * dayMs, mostAChunk)) === mostAChunk;
        await nextRound();
      }
    } catch (err) {
      log.error({ err }, "old entries of the audit log could not be deleted; the next hour tries again");
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
