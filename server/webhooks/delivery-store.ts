import type { CompiledQuery, Selectable } from "kysely";
import type { EventType } from "../events/event.ts";
import { idFloor } from "../ids.ts";
import type { Database } from "../storage/database.ts";
import { prepare } from "../storage/prepared.ts";
import type { WebhookDeliveriesTable } from "../storage/schema.ts";
import type { Attempt, Delivery, DeliveryStatus } from "./webhook.ts";

export type NewDelivery = Pick<Delivery, "id" | "webhookId" | "eventCursor" | "eventType" | "workspaceId" | "createdAt">;

/** What an attempt, or a lease that is given back, makes of a delivery. */
export type Settlement = Pick<Delivery, "status" | "dueAt" | "failures" | "attempts" | "body">;

/** Which deliveries of a webhook are sent again. */
export interface ReplayRange {
  webhookId: string;
  status: Exclude<DeliveryStatus, "pending">;
  /** In epoch milliseconds: made at or after the one, and before the other. */
  from: number;
  until: number;
}

export interface DeliveryStore {
  /** To be part of the event's transaction. It is due at once. */
  insertion(delivery: NewDelivery): CompiledQuery;
  /**
   * Takes `most` that are due at `at`, in their order, and leases them until `until`: nobody else takes them before. Fewer where
   * `concurrency` leases of the webhook, whoever has them, would be in force.
   */
  claim(webhookId: string, lease: { at: number; until: number; most: number; concurrency: number }): Promise<Delivery[]>;
  /** Ends a lease. Nothing happens when it has run out and somebody else has the delivery, or when the delivery is gone. */
  settle(claimed: Delivery, settlement: Settlement): Promise<void>;
  /** When the next of a webhook can be taken: it is due and, unless somebody ends his before, a lease has run out. Null when none is open. */
  nextDueAt(webhookId: string, concurrency: number): number | null;
  find(id: string): Promise<Delivery | undefined>;
  newest(webhookId: string): Delivery | null;
  /** The newest first, behind `before`. */
  list(filter: { webhookIds: readonly string[]; status: DeliveryStatus | undefined; before: string | null; limit: number }): Promise<Delivery[]>;
  /** Makes one that is done pending again. False when it is not done. */
  replay(id: string, at: number): Promise<boolean>;
  /** The same for `most` of a range behind an id: how many they were, and the last one's id. */
  replayRange(range: ReplayRange, page: { after: string; at: number; most: number }): Promise<{ count: number; last: string }>;
  /** How many are open, and when the oldest was made. */
  open(): { depth: number; oldestAt: number | null };
  /** Deletes `most` of the webhook's; how many it were. */
  deleteOf(webhookId: string, most: number): Promise<number>;
  /** The webhooks that have open deliveries. */
  webhooksWithOpen(): Promise<string[]>;
  /** Deletes `most` of a status made before a moment; how many it were. */
  deleteOld(statuses: readonly DeliveryStatus[], at: number, most: number): Promise<number>;
}

export function createDeliveryStore({ database }: { database: Database }): DeliveryStore {
  const { kysely, run, read } = database;
  const deliveries = kysely.selectFrom("webhook_deliveries");

  const insert = prepare<NewDelivery>()((value) =>
    kysely.insertInto("webhook_deliveries").values({
      id: value("id"),
      webhook_id: value("webhookId"),
      event_cursor: value("eventCursor"),
      event_type: value("eventType"),
      workspace_id: value("workspaceId"),
      status: "pending",
      due_at: value("createdAt"),
      leased_until: null,
      failures: 0,
      attempts: "[]",
      body: null,
      created_at: value("createdAt"),
    }),
  );
  const leases = prepare<{ webhookId: string }>()((value) =>
    deliveries.select("leased_until").where("webhook_id", "=", value("webhookId")).where("leased_until", "is not", null).orderBy("leased_until").$narrowType<{ leased_until: number }>(),
  );
  const claim = prepare<{ webhookId: string; at: number; until: number; most: number }>()((value) => {
    const due = deliveries
      .select("id")
      .where("webhook_id", "=", value("webhookId"))
      .where("due_at", "<=", value("at"))
      .where((is) => is.or([is("leased_until", "is", null), is("leased_until", "<=", value("at"))]))
      .orderBy("due_at")
      .orderBy("event_cursor")
      .limit(value("most"));
    return kysely.updateTable("webhook_deliveries").set({ leased_until: value("until") }).where("id", "in", due).returningAll();
  });
  // The end of the lease is its token: nobody takes a delivery again before, so no two leases of one end alike.
  const settle = prepare<{ id: string; until: number; status: DeliveryStatus; dueAt: number | null; failures: number; attempts: string; body: string | null }>()((value) =>
    kysely
      .updateTable("webhook_deliveries")
      .set({ status: value("status"), due_at: value("dueAt"), leased_until: null, failures: value("failures"), attempts: value("attempts"), body: value("body") })
      .where("id", "=", value("id"))
      .where("leased_until", "=", value("until")),
  );
  const firstDue = prepare<{ webhookId: string }>()((value) =>
    deliveries.select("due_at").where("webhook_id", "=", value("webhookId")).where("due_at", "is not", null).where("leased_until", "is", null).orderBy("due_at").limit(1),
  );
  const newest = prepare<{ webhookId: string }>()((value) => deliveries.selectAll().where("webhook_id", "=", value("webhookId")).orderBy("id", "desc").limit(1));
  const openQuery = deliveries
    .select(({ fn }) => [fn.countAll<number>().as("depth"), fn.min("created_at").as("oldestAt")])
    .where("due_at", "is not", null)
    .compile();

  return {
    insertion: insert,
    claim: (webhookId, { at, until, most, concurrency }) =>
      run(function* () {
        const leased = (yield leases({ webhookId })).rows as { leased_until: number }[];
        const free = concurrency - leased.filter(({ leased_until }) => leased_until > at).length;
        if (free <= 0) return [];
        const { rows } = yield claim({ webhookId, at, until, most: Math.min(most, free) });
        return (rows as Selectable<WebhookDeliveriesTable>[]).map(toDelivery).sort((a, b) => a.eventCursor - b.eventCursor);
      }),
    settle: ({ id, leasedUntil }, { status, dueAt, failures, attempts, body }) =>
      run(function* () {
        yield settle({ id, until: leasedUntil ?? 0, status, dueAt, failures, attempts: JSON.stringify(attempts), body });
      }),
    nextDueAt(webhookId, concurrency) {
      const ends = read(leases({ webhookId })).map(({ leased_until }) => leased_until);
      const next = Math.min(read(firstDue({ webhookId }))[0]?.due_at ?? Infinity, ends[0] ?? Infinity);
      return next === Infinity ? null : Math.max(next, ends.at(-concurrency) ?? 0);
    },
    async find(id) {
      const row = await deliveries.selectAll().where("id", "=", id).executeTakeFirst();
      return row && toDelivery(row);
    },
    newest(webhookId) {
      const row = read(newest({ webhookId }))[0];
      return row ? toDelivery(row) : null;
    },
    async list({ webhookIds, status, before, limit }) {
      if (webhookIds.length === 0) return [];
      let query = deliveries.selectAll().where("webhook_id", "in", webhookIds).orderBy("id", "desc").limit(limit);
      if (status !== undefined) query = query.where("status", "=", status);
      if (before !== null) query = query.where("id", "<", before);
      return (await query.execute()).map(toDelivery);
    },
    async replay(id, at) {
      const { numUpdatedRows } = await kysely.updateTable("webhook_deliveries").set({ status: "pending", due_at: at, failures: 0 }).where("id", "=", id).where("status", "<>", "pending").executeTakeFirstOrThrow();
      return numUpdatedRows > 0n;
    },
    replayRange: ({ webhookId, status, from, until }, { after, at, most }) =>
      run(function* () {
        const range = deliveries.select("id").where("webhook_id", "=", webhookId).where("status", "=", status).where("created_at", ">=", from).where("created_at", "<", until);
        const { rows } = yield range.where("id", ">", after).orderBy("id").limit(most).compile();
        const ids = (rows as { id: string }[]).map(({ id }) => id);
        if (ids.length > 0) yield kysely.updateTable("webhook_deliveries").set({ status: "pending", due_at: at, failures: 0 }).where("id", "in", ids).compile();
        return { count: ids.length, last: ids.at(-1) ?? after };
      }),
    open: () => read(openQuery)[0] ?? { depth: 0, oldestAt: null },
    async deleteOf(webhookId, most) {
      const some = deliveries.select("id").where("webhook_id", "=", webhookId).limit(most);
      const { numDeletedRows } = await kysely.deleteFrom("webhook_deliveries").where("id", "in", some).executeTakeFirstOrThrow();
      return Number(numDeletedRows);
    },
    async webhooksWithOpen() {
      const rows = await deliveries.select("webhook_id").distinct().where("due_at", "is not", null).execute();
      return rows.map((row) => row.webhook_id);
    },
    async deleteOld(statuses, at, most) {
      // Ids sort by the time at which they were made.
      const old = deliveries.select("id").where("id", "<", idFloor("dlv", at)).where("status", "in", statuses).limit(most);
      const { numDeletedRows } = await kysely.deleteFrom("webhook_deliveries").where("id", "in", old).executeTakeFirstOrThrow();
      return Number(numDeletedRows);
    },
  };
}

function toDelivery(row: Selectable<WebhookDeliveriesTable>): Delivery {
  return {
    id: row.id,
    webhookId: row.webhook_id,
    eventCursor: row.event_cursor,
    eventType: row.event_type as EventType,
    workspaceId: row.workspace_id,
    status: row.status,
    dueAt: row.due_at,
    leasedUntil: row.leased_until,
    failures: row.failures,
    attempts: JSON.parse(row.attempts) as Attempt[],
    body: row.body,
    createdAt: row.created_at,
  };
}
