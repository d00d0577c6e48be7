import { setImmediate as nextRound } from "node:timers/promises";
import type { Logger } from "pino";
import { maySee, type Principal } from "../keys/principal.ts";
import { createRetention } from "../storage/retention.ts";
import type { Workspaces } from "../workspaces/service.ts";
import type { EventType, LoggedEvent } from "./event.ts";
import { createEventIds, type EventIds, notOurs } from "./event-ids.ts";
import { createEventFeed } from "./feed.ts";
import type { EventStore } from "./store.ts";
import type { EventWriter } from "./writer.ts";

/** Which events. */
export interface EventQuery {
  /** The id of an event: those behind it. */
  after?: string | undefined;
  types?: readonly EventType[] | undefined;
  workspaceId?: string | undefined;
}

export interface EventPage {
  events: LoggedEvent[];
  /** The log has been looked through up to here: what the next page goes on behind. */
  last: number;
  isMore: boolean;
  /** Whether events behind `after` are kept no more. */
  isTruncated: boolean;
}

export interface Events {
  readonly ids: EventIds;
  /**
   * A page of those that the key may see, the oldest first. Where few events fit, a page may have less than `limit`, even none, although there are more.
   * Throws `bad_request` on an `after` that is none of this log, `not_found` on a workspace the key may not see.
   */
  list(principal: Principal, query: EventQuery & { limit: number }): Promise<EventPage>;
  /** Those that the key may see, in batches, as they come: behind `after`, or from now on. Throws as `list` does, before the first. */
  follow(principal: Principal, query: EventQuery, signal: AbortSignal): Promise<AsyncIterable<readonly LoggedEvent[]>>;
  /** The cursor of the newest event. */
  newest(): number;
  /** Every event behind a cursor, or from now on, whoever may see it. */
  watch(signal: AbortSignal, cursor?: number): AsyncIterable<readonly LoggedEvent[]>;
  /** Takes over new settings. */
  use(settings: { retentionDays: number | null }): void;
  /** Ends all streams. */
  stop(): void;
  close(): Promise<void>;
}

export interface EventsOptions {
  store: EventStore;
  writer: Pick<EventWriter, "onAppended">;
  workspaces: Pick<Workspaces, "getFor">;
  log: Logger;
  now: () => number;
  /** Waited for before events are deleted: whoever reads the log in the background has then come to where it is. */
  beforePruning: () => Promise<void>;
  /** Null: events are kept for ever. */
  retentionDays: number | null;
}

/** A filtered page looks through so many events at once, so many times at the most. */
const cursorsAStep = 5_000;
const mostSteps = 20;

export function createEvents({ store, writer, workspaces, beforePruning, log, now, retentionDays }: EventsOptions): Events {
  const ids = createEventIds(store.logId);
  const feed = createEventFeed({ store });
  writer.onAppended(feed.wake);
  async function deleteBefore(at: number, most: number): Promise<number> {
    await beforePruning();
    return store.deleteBefore(at, most);
  }

  const retention = createRetention({ store: { deleteBefore }, what: "events", log, now, days: retentionDays });

  /** The cursor of an event's id. An event that is still to come was another database's: this one has been put back to an earlier state. */
  function positionOf(after: string): number {
    const cursor = ids.cursorOf(after);
    if (cursor > store.newest()) throw notOurs("is not in this log, which has been put back to an earlier state; begin again without it");
    return cursor;
  }

  async function visible(principal: Principal, workspaceId: string | undefined): Promise<readonly string[] | "*"> {
    if (workspaceId === undefined) return principal.workspaces;
    await workspaces.getFor(principal, workspaceId);
    return [workspaceId];
  }

  return {
    ids,
    async list(principal, { after, types = null, workspaceId, limit }) {
      const bounds = await visible(principal, workspaceId);
      const from = after === undefined ? 0 : positionOf(after);
      const oldest = store.oldest();
      const newest = store.newest();
      const isTruncated = after !== undefined && (oldest ?? newest + 1) > from + 1;
      const events: LoggedEvent[] = [];
      let last = Math.max(from, (oldest ?? newest + 1) - 1);
      for (let step = 0; step < mostSteps && last < newest && events.length < limit; step++) {
        if (step > 0) await nextRound();
        const upTo = Math.min(last + cursorsAStep, newest);
        const most = limit - events.length;
        const found = await store.within({ after: last, upTo, types, workspaces: bounds, most });
        events.push(...found);
        last = found.length === most ? found.at(-1)!.cursor : upTo;
      }
      return { events, last, isMore: last < newest, isTruncated };
    },
    async follow(principal, { after, types, workspaceId }, signal) {
      if (workspaceId !== undefined) await workspaces.getFor(principal, workspaceId);
      const from = after === undefined ? store.newest() : positionOf(after);
      const fits = (event: LoggedEvent) =>
        (workspaceId === undefined ? maySee(principal, event.workspaceId) : event.workspaceId === workspaceId) && (types === undefined || types.includes(event.type));
      return filtered(feed.follow(from, signal), fits);
    },
    newest: () => store.newest(),
    watch: (signal, cursor = store.newest()) => feed.follow(cursor, signal),
    use: (settings) => retention.use(settings.retentionDays),
    stop: () => feed.close(),
    async close() {
      feed.close();
      await retention.close();
    },
  };
}

async function* filtered(batches: AsyncIterable<readonly LoggedEvent[]>, fits: (event: LoggedEvent) => boolean): AsyncGenerator<readonly LoggedEvent[]> {
  for await (const batch of batches) {
    const fitting = batch.filter(fits);
    if (fitting.length > 0) yield fitting;
    // Who reads a long log for little must not keep everybody else waiting.
    else await nextRound();
  }
}
