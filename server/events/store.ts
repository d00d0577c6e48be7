import type { Database } from "../storage/database.ts";
import { prepare } from "../storage/prepared.ts";
import type { Prunable } from "../storage/retention.ts";
import type { EventType, LoggedEvent } from "./event.ts";

/** Which events of a stretch of the log. */
export interface EventRange {
  /** Behind this cursor, and up to and with that one. */
  after: number;
  upTo: number;
  types: readonly EventType[] | null;
  workspaces: readonly string[] | "*";
  most: number;
}

export interface EventStore extends Prunable {
  /** What the ids of this log's events begin with. */
  readonly logId: string;
  /** The events behind a cursor, the oldest first. */
  after(cursor: number, most: number): LoggedEvent[];
  within(range: EventRange): Promise<LoggedEvent[]>;
  /** Some of them, in the order of the given cursors; those that are kept no more are not among them. */
  byCursors(cursors: readonly number[]): Promise<LoggedEvent[]>;
  /** The cursor of the newest event; 0 before the first. */
  newest(): number;
  /** The cursor of the oldest event that is kept; null when none is. */
  oldest(): number | null;
}

export async function createEventStore({ database }: { database: Database }): Promise<EventStore> {
  const { kysely } = database;
  const { id: logId } = await kysely.selectFrom("event_log").select("id").executeTakeFirstOrThrow();

  const events = kysely
    .selectFrom("events")
    .leftJoin("messages", (join) => join.onRef("messages.session_id", "=", "events.session_id").onRef("messages.id", "=", "events.message_id"))
    .selectAll("events")
    .select("messages.content as text")
    .orderBy("cursor");
  const afterQuery = prepare<{ cursor: number; most: number }>()((value) => events.where("cursor", ">", value("cursor")).limit(value("most")));
  // SQLite's own count: the newest may have been deleted since.
  const newestQuery = kysely.withTables<{ sqlite_sequence: { name: string; seq: number } }>().selectFrom("sqlite_sequence").select("seq").where("name", "=", "events").compile();
  const oldestQuery = kysely.selectFrom("events").select("cursor").orderBy("cursor").limit(1).compile();

  return {
    logId,
    after: (cursor, most) => database.read(afterQuery({ cursor, most })).map(toEvent),
    async within({ after, upTo, types, workspaces, most }) {
      let query = events.where("cursor", ">", after).where("cursor", "<=", upTo).limit(most);
      if (types) query = query.where("type", "in", types);
      if (workspaces !== "*") query = query.where("workspace_id", "in", workspaces);
      return (await query.execute()).map(toEvent);
    },
    async byCursors(cursors) {
      if (cursors.length === 0) return [];
      const rows = await events.where("cursor", "in", cursors).execute();
      return rows.map(toEvent);
    },
    newest: () => database.read(newestQuery)[0]?.seq ?? 0,
    oldest: () => database.read(oldestQuery)[0]?.cursor ?? null,
    async deleteBefore(at, most) {
      // The oldest are first: to look for others would be to look through all of it. What a webhook is still to get ends it.
      const unsent = kysely.selectFrom("webhook_deliveries").select(({ fn }) => fn.min("event_cursor").as("cursor")).where("due_at", "is not", null).where("body", "is", null);
      const oldest = kysely
        .selectFrom("events")
        .select("cursor")
        .where(({ eb, fn }) => eb("cursor", "<", fn.coalesce(unsent, eb.val(Number.MAX_SAFE_INTEGER))))
        .orderBy("cursor")
        .limit(most);
      const { numDeletedRows } = await kysely.deleteFrom("events").where("cursor", "in", oldest).where("at", "<", at).executeTakeFirstOrThrow();
      return Number(numDeletedRows);
    },
  };
}

interface EventRow {
  cursor: number;
  type: string;
  workspace_id: string;
  session_id: string | null;
  message_id: string | null;
  at: number;
  data: string;
  text: string | null;
}

/** Puts together what was written apart: `data` has what is in no column and with no message. */
function toEvent(row: EventRow): LoggedEvent {
  const { cursor, type, workspace_id: workspaceId, at } = row;
  return { type, cursor, at, workspaceId, data: { ...found[type as EventType](row), ...(JSON.parse(row.data) as object) } } as unknown as LoggedEvent;
}

const workspaceOf = ({ workspace_id: workspace }: EventRow) => ({ workspace });
const sessionOf = ({ workspace_id: workspace, session_id: sessionId }: EventRow) => ({ sessionId, workspace });
const conversationOf = (row: EventRow) => ({ ...sessionOf(row), conversationId: row.session_id });

const found: Record<EventType, (row: EventRow) => object> = {
  "message.received": (row) => ({ messageId: row.message_id, ...conversationOf(row), content: row.text, timestamp: new Date(row.at).toISOString() }),
  "message.sent": (row) => ({ messageId: row.message_id, ...conversationOf(row), response: row.text }),
  "conversation.created": (row) => ({ conversationId: row.session_id, ...workspaceOf(row) }),
  "session.started": sessionOf,
  "session.ended": sessionOf,
  "channel.connected": workspaceOf,
  "channel.disconnected": workspaceOf,
  "error.agent": sessionOf,
  "tool.invoked": sessionOf,
  "run.finished": (row) => ({ messageId: row.message_id, ...sessionOf(row) }),
  "cron.finished": (row) => ({ ...sessionOf(row), response: row.text }),
};
