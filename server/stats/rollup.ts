import type { Logger } from "pino";
import { GatewayError } from "../errors.ts";
import type { EventWriter } from "../events/writer.ts";
import type { RollupStore } from "./rollup-store.ts";

/** Counts what turns use, behind the log of events: a turn itself writes nothing for it. */
export interface Rollup {
  /** Resolves once all that the log has by now is counted. Throws when the store does, and `service_unavailable` when it was closed before. */
  catchUp(): Promise<void>;
  close(): Promise<void>;
}

export interface RollupOptions {
  store: RollupStore;
  /** The log of events: the cursor of the newest. */
  events: { newest(): number };
  writer: Pick<EventWriter, "onAppended">;
  log: Logger;
  /** How long new events may wait to be counted. */
  delayMs?: number;
}

/** Turns counted in one go: a millisecond, or three when each has a user of its own. */
const mostAtOnce = 100;

export function createRollup({ store, events, writer, log, delayMs = 1000 }: RollupOptions): Rollup {
  let position = store.cursor();
  let timer: NodeJS.Timeout | undefined;
  let stepping: Promise<number> | undefined;
  let running = Promise.resolve();
  let isClosed = false;

  async function catchUp(): Promise<void> {
    const newest = events.newest();
    // A step is a transaction: others get their turn between two.
    while (position < newest) {
      // Nobody may believe that all is counted: what is not would be deleted as old.
      if (isClosed) throw new GatewayError("service_unavailable", "The gateway is stopping.", { retryAfterSeconds: 5 });
      stepping ??= store.countOn({ upTo: newest, most: mostAtOnce }).finally(() => (stepping = undefined));
      position = Math.max(position, await stepping);
    }
  }

  function wake(): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      running = catchUp().catch((err: unknown) => {
        if (!isClosed) log.error({ err }, "usage could not be counted; it is tried again with the next turn");
      });
    }, delayMs).unref();
  }

  writer.onAppended(wake);
  // What the last process left.
  wake();
  return {
    catchUp,
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await running;
    },
  };
}
