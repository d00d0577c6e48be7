import { setImmediate as nextRound } from "node:timers/promises";
import type { CompiledQuery, Selectable } from "kysely";
import { newId } from "../ids.ts";
import { decodeCursor, encodeCursor } from "../storage/cursor.ts";
import type { Database } from "../storage/database.ts";
import { toPage, type Page } from "../storage/page.ts";
import type { AuditTable } from "../storage/schema.ts";

/** One call, or `times` alike. Times in epoch milliseconds. */
export interface AuditedCall {
  /** When the answer was out. */
  at: number;
  /** Null: without a valid key. */
  keyId: string | null;
  /** Null: of several addresses. */
  address: string | null;
  /** Null: refused before it got to one. */
  operation: string | null;
  method: string;
  /** Ids, separated by `/`. */
  object: string | null;
  status: number;
  /** Whether all of the answer got out. */
  complete: boolean;
  durationMs: number;
  requestId: string;
  times: number;
}

export interface AuditEntry extends AuditedCall {
  id: string;
}

export interface AuditFilter {
  /** From this moment on. */
  since?: number | undefined;
  /** Before this moment. */
  until?: number | undefined;
  keyId?: string | undefined;
  operation?: string | undefined;
  status?: number | undefined;
  limit: number;
  cursor?: string | undefined;
}

export interface AuditStore {
  /** All of them or none. */
  insert(calls: readonly AuditedCall[]): Promise<void>;
  /** The newest first. Throws `bad_request` on a cursor that is none of this list. */
  list(filter: AuditFilter): Promise<Page<AuditEntry>>;
  /** Deletes the oldest before a moment, `most` of them; how many it were. */
  deleteBefore(at: number, most: number): Promise<number>;
}

/** Rows that one statement inserts; each has its price. */
const rowsAnInsert = 16;

/**
 * The only index is the order of time, so that an entry costs one write. A filter that few entries fit makes the list search:
 * in steps, between which others get their turn, and so far. Then the page ends early, and its cursor goes on from there.
 */
const rowsAStep = 2_000;
const mostSteps = 100;

export function createAuditStore({ database: { kysely, run } }: { database: Database }): AuditStore {
  const insertOne = insertOf(1);
  const insertMany = insertOf(rowsAnInsert);

  /** Compiled once; the values are put in its parameters. */
  function insertOf(count: number): (calls: readonly AuditedCall[]) => CompiledQuery {
    const row = Object.fromEntries(columns.map((name) => [name, 0])) as never;
    const compiled = kysely.insertInto("audit").values(Array.from({ length: count }, () => row)).compile();
    return (calls) => ({ ...compiled, parameters: calls.flatMap(valuesOf) });
  }

  /**
   * From one place of the order to another, the newest first: behind `position`, or before the moment `until`; down to `last`, or
   * to the moment `since`. One bound at each end: of two, SQLite seeks to either and walks to the other.
   */
  function between({ until, position, since, last }: { until: number | undefined; position: Position | undefined; since: number | undefined; last?: Position }) {
    let query = kysely.selectFrom("audit").orderBy("at", "desc").orderBy("id", "desc");
    if (position && (until === undefined || position[0] < until)) query = query.where(({ eb, refTuple, tuple }) => eb(refTuple("at", "id"), "<", tuple(...position)));
    else if (until !== undefined) query = query.where("at", "<", until);
    if (last) query = query.where(({ eb, refTuple, tuple }) => eb(refTuple("at", "id"), ">=", tuple(...last)));
    else if (since !== undefined) query = query.where("at", ">=", since);
    return query;
  }

  return {
    async insert(calls) {
      await run(function* () {
        let at = 0;
        for (; at + rowsAnInsert <= calls.length; at += rowsAnInsert) yield insertMany(calls.slice(at, at + rowsAnInsert));
        for (; at < calls.length; at++) yield insertOne([calls[at]!]);
      });
    },
    async list({ since, until, keyId, operation, status, limit, cursor }) {
      const isFiltered = keyId !== undefined || operation !== undefined || status !== undefined;
      const found: Selectable<AuditTable>[] = [];
      let position: Position | undefined = cursor === undefined ? undefined : decodeCursor(cursor, ["number", "string"]);
      for (let step = 0; step < mostSteps; step++) {
        // The last row of this step; none when fewer are left, or none is needed.
        const end = isFiltered ? await between({ until, position, since }).select(["at", "id"]).limit(1).offset(rowsAStep - 1).executeTakeFirst() : undefined;
        const last: Position | undefined = end && [end.at, end.id];
        let query = between({ until, position, since, ...(last && { last }) }).selectAll().limit(limit + 1 - found.length);
        if (keyId !== undefined) query = query.where("key_id", "=", keyId);
        if (operation !== undefined) query = query.where("operation", "=", operation);
        if (status !== undefined) query = query.where("status", "=", status);
        found.push(...(await query.execute()));
        if (!last || found.length > limit) return toPage(found, limit, toEntry, ({ at, id }) => [at, id]);
        position = last;
        await nextRound();
      }
      return { items: found.map(toEntry), nextCursor: encodeCursor(position!) };
    },
    async deleteBefore(at, most) {
      const oldest = kysely.selectFrom("audit").select(["at", "id"]).where("at", "<", at).orderBy("at").orderBy("id").limit(most);
      const { numDeletedRows } = await kysely.deleteFrom("audit").where(({ eb, refTuple }) => eb(refTuple("at", "id"), "in", oldest.$asTuple("at", "id"))).executeTakeFirstOrThrow();
      return Number(numDeletedRows);
    },
  };
}

type Position = readonly [at: number, id: string];

const columns = ["at", "id", "key_id", "address", "operation", "method", "object", "status", "complete", "duration_ms", "request_id", "times"] as const satisfies (keyof AuditTable)[];

/** In the order of the columns. */
function valuesOf({ at, keyId, address, operation, method, object, status, complete, durationMs, requestId, times }: AuditedCall): unknown[] {
  return [at, newId("audit"), keyId, address, operation, method, object, status, complete ? 1 : 0, durationMs, requestId, times];
}

function toEntry({ key_id: keyId, duration_ms: durationMs, request_id: requestId, complete, ...row }: Selectable<AuditTable>): AuditEntry {
  return { ...row, keyId, durationMs, requestId, complete: complete === 1 };
}
