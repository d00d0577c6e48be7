import { type Principal, requireUnbound } from "../keys/principal.ts";
import type { Page } from "../storage/page.ts";
import { type EntryFilter, entryTest, type GatewayLogEntry, readEntry } from "./entry.ts";
import { parsePlace } from "./place.ts";
import type { LogStore } from "./log-store.ts";

/** The gateway's own log, as it is read. It tells of all workspaces, and so only to keys that are bound to none. */
export interface GatewayLog {
  /**
   * The newest first. A page that has looked through many lines ends early, with a cursor. Throws `forbidden`, and `bad_request`
   * on a cursor that is none.
   */
  list(principal: Principal, filter: EntryFilter & { limit: number; cursor?: string | undefined }): Promise<Page<GatewayLogEntry>>;
  /** From now on, or from behind an entry, in batches, until the signal is aborted or the gateway stops. Throws as `list` does. */
  follow(principal: Principal, filter: EntryFilter, lastId: string | undefined, signal: AbortSignal): AsyncIterable<readonly GatewayLogEntry[]>;
  /** Ends what is followed. */
  close(): void;
}

/** How many characters one page looks through. */
const mostAPage = 16 * 1024 * 1024;

export function createGatewayLog({ store }: { store: Pick<LogStore, "before" | "after"> }): GatewayLog {
  const closing = new AbortController();

  function check(principal: Principal): void {
    requireUnbound(principal, "Lines of the gateway's log");
  }

  async function* wanted(lines: ReturnType<LogStore["after"]>, filter: EntryFilter): AsyncGenerator<readonly GatewayLogEntry[]> {
    const isWanted = entryTest(filter);
    for await (const batch of lines) {
      const entries = batch.map(readEntry).filter((entry) => entry !== null && isWanted(entry)) as GatewayLogEntry[];
      if (entries.length > 0) yield entries;
    }
  }

  return {
    async list(principal, { limit, cursor, ...filter }) {
      check(principal);
      const isWanted = entryTest(filter);
      const items: GatewayLogEntry[] = [];
      let seen = 0;
      for await (const batch of store.before(cursor === undefined ? undefined : parsePlace(cursor))) {
        for (const line of batch) {
          seen += line.text.length;
          const entry = readEntry(line);
          if (!entry) continue;
          // Those before it are older still.
          if (filter.since !== undefined && entry.at < filter.since) return { items, nextCursor: null };
          if (!isWanted(entry)) continue;
          // There is one more.
          if (items.length === limit) return { items, nextCursor: items.at(-1)!.id };
          items.push(entry);
        }
        const last = batch.at(-1);
        if (last && seen >= mostAPage) return { items, nextCursor: last.id };
      }
      return { items, nextCursor: null };
    },
    follow(principal, filter, lastId, signal) {
      check(principal);
      const lines = store.after(lastId === undefined ? undefined : parsePlace(lastId), AbortSignal.any([signal, closing.signal]));
      return wanted(lines, filter);
    },
    close: () => closing.abort(),
  };
}
