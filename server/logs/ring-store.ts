import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { followIntervalMs } from "./follow-lines.ts";
import { type Place, placeId } from "./place.ts";
import type { LogLine, LogStore } from "./log-store.ts";

/** Keeps the last lines in memory, where the settings name no file. They end with the process. */
export function createRingStore(mostLines = 1_000): LogStore {
  // Lines of another process are none of this one.
  const name = randomBytes(8).toString("hex");
  const lines: string[] = [];
  /** How many there ever were. Line `n` is at `n % mostLines`. */
  let count = 0;

  const oldest = () => Math.max(0, count - mostLines);
  const lineAt = (number: number): LogLine => ({ id: placeId(name, number), text: lines[number % mostLines]! });

  /** The number of a line; before all of them for one that is kept no more. */
  function numberOf(place: Place): number {
    return place.file === name ? Math.min(place.offset, count - 1) : -1;
  }

  return {
    write(line) {
      lines[count++ % mostLines] = line.trimEnd();
    },
    async flush() {},
    use() {},
    async *before(place) {
      const end = place ? numberOf(place) : count;
      const from = oldest();
      yield Array.from({ length: Math.max(0, end - from) }, (_, index) => lineAt(end - 1 - index));
    },
    async *after(place, signal) {
      let next = place ? numberOf(place) + 1 : count;
      while (!signal.aborted) {
        next = Math.max(next, oldest());
        const batch = Array.from({ length: count - next }, (_, index) => lineAt(next + index));
        next = count;
        if (batch.length > 0) yield batch;
        else await sleep(followIntervalMs, undefined, { signal }).catch(() => {});
      }
    },
    async close() {},
  };
}
