import { type Kysely, type Selectable, type SelectQueryBuilder, sql } from "kysely";
import type { ToolCallRecord } from "../chat/turn-events.ts";
import type { EventWriter } from "../events/writer.ts";
import type { Usage } from "../providers/port.ts";
import { decodeCursor } from "../storage/cursor.ts";
import type { Database } from "../storage/database.ts";
import { toPage, type Page } from "../storage/page.ts";
import { prepare } from "../storage/prepared.ts";
import type { MessagesTable, Schema, SessionsTable } from "../storage/schema.ts";
import type { Script } from "../storage/script.ts";

export interface Session {
  id: string;
  workspaceId: string;
  agentId: string;
  userId: string | null;
  channel: string;
  title: string | null;
  createdAt: number;
  lastActiveAt: number;
  messageCount: number;
  tokensUsed: number;
  summary: SessionSummary | null;
}

/** What was said in a session up to and with a message, in short, for the model. */
export interface SessionSummary {
  text: string;
  /** Id of the message. */
  upTo: string;
}

export interface StoredMessage {
  id: string;
  role: "user" | "assistant";
  content: string;
  createdAt: number;
  model: string | null;
  usage: Usage | null;
  toolCalls: ToolCallRecord[] | null;
}

/** A message as the model is told of it. */
export type SpokenMessage = Pick<StoredMessage, "id" | "role" | "content" | "toolCalls">;

/** The newest messages of a session: as many as there are behind a message, and as stay within both bounds. */
export interface RecentMessages {
  /** Id of a message; null for the beginning. */
  after: string | null;
  most: number;
  /** Of what was said, and of tool calls. */
  mostCharacters: number;
}

export interface SessionFilter {
  workspaces: readonly string[] | "*";
  agentId?: string | undefined;
  userId?: string | undefined;
  limit: number;
  cursor?: string | undefined;
}

export interface SessionStore {
  find(id: string): Promise<Session | undefined>;
  /** The last active first. Throws `bad_request` on a cursor that is none of this list. */
  list(filter: SessionFilter): Promise<Page<Session>>;
  count(filter: { workspaces: readonly string[] | "*" }): Promise<number>;
  /** A page of a session's messages, oldest first, and how many there are. */
  messages(sessionId: string, page: { limit: number; offset: number }): Promise<{ messages: StoredMessage[]; total: number }>;
  allMessages(sessionId: string): Promise<StoredMessage[]>;
  /** The newest, oldest first. */
  recentMessages(sessionId: string, bounds: RecentMessages): Promise<SpokenMessage[]>;
  /** Keeps a summary, unless what it is of has been deleted. */
  keepSummary(sessionId: string, summary: SessionSummary): Promise<void>;
  /** With its messages and runs. */
  delete(id: string): Promise<boolean>;
  deleteIn(workspaceId: string): Promise<number>;
  /** Deletes the messages with their runs; the session stays. */
  clear(id: string): Promise<void>;
}

/** Sorts behind the ids of all messages. */
const behindAll = "~";

const readAtOnce = 50;

export function createSessionStore({ database, events, now = Date.now }: { database: Database; events: Pick<EventWriter, "append">; now?: () => number }): SessionStore {
  const { kysely } = database;
  const findQuery = prepare<{ id: string }>()((value) => kysely.selectFrom("sessions").selectAll().where("id", "=", value("id")));
  const recentQuery = prepare<{ id: string; after: string; before: string; most: number }>()((value) =>
    kysely
      .selectFrom("messages")
      .select(["id", "role", "content", "tool_calls"])
      .where("session_id", "=", value("id"))
      .where("id", ">", value("after"))
      .where("id", "<", value("before"))
      .orderBy("id", "desc")
      .limit(value("most")),
  );

  /** Deletes sessions with all that hangs on them, in one transaction; how many. */
  function deleteSessions(where: "id" | "workspace_id", value: string): Promise<number> {
    return database.run(function* () {
      const own = kysely.selectFrom("sessions").where(where, "=", value);
      const { rows } = yield own.select(["id", "workspace_id as workspaceId"]).compile();
      yield* deleteMessages(kysely, own.select("id"));
      const { affected } = yield kysely.deleteFrom("sessions").where(where, "=", value).compile();
      for (const { id: sessionId, workspaceId } of rows as Pick<Session, "id" | "workspaceId">[]) {
        yield* events.append({ type: "session.ended", at: now(), workspaceId, sessionId, messageId: null, data: { reason: "deleted" } });
      }
      return affected;
    });
  }

  /** The newest of one workspace, or of all; one more than a page has. */
  function rowsOf(workspaceId: string | undefined, { agentId, userId, limit, cursor }: Omit<SessionFilter, "workspaces">): Promise<Selectable<SessionsTable>[]> {
    let query = kysely.selectFrom("sessions").selectAll();
    if (workspaceId !== undefined) query = query.where("workspace_id", "=", workspaceId);
    if (agentId !== undefined) query = query.where("agent_id", "=", agentId);
    if (userId !== undefined) query = query.where("user_id", "=", userId);
    if (cursor !== undefined) {
      const [lastActiveAt, id] = decodeCursor(cursor, ["number", "string"]);
      query = query.where((its) => its.eb(its.refTuple("last_active_at", "id"), "<", its.tuple(lastActiveAt, id)));
    }
    return query.orderBy("last_active_at", "desc").orderBy("id", "desc").limit(limit + 1).execute();
  }

  return {
    async find(id) {
      const [row] = database.read(findQuery({ id }));
      return row && toSession(row);
    },
    async list({ workspaces, ...filter }) {
      // A list in order needs an index that has the order; an `in` over several workspaces has none.
      const pages = workspaces === "*" ? [rowsOf(undefined, filter)] : [...new Set(workspaces)].map((workspace) => rowsOf(workspace, filter));
      const rows = (await Promise.all(pages)).flat();
      if (pages.length > 1) rows.sort((a, b) => b.last_active_at - a.last_active_at || (a.id < b.id ? 1 : -1));
      return toPage(rows, filter.limit, toSession, (row) => [row.last_active_at, row.id]);
    },
    async count({ workspaces }) {
      if (workspaces !== "*" && workspaces.length === 0) return 0;
      let query = kysely.selectFrom("sessions").select(({ fn }) => fn.countAll<number>().as("count"));
      if (workspaces !== "*") query = query.where("workspace_id", "in", workspaces);
      return Number((await query.executeTakeFirstOrThrow()).count);
    },
    async messages(sessionId, { limit, offset }) {
      const of = kysely.selectFrom("messages").where("session_id", "=", sessionId);
      const rows = await of.selectAll().orderBy("id").limit(limit).offset(offset).execute();
      const { count } = await of.select(({ fn }) => fn.countAll<number>().as("count")).executeTakeFirstOrThrow();
      return { messages: rows.map(toMessage), total: Number(count) };
    },
    async allMessages(sessionId) {
      const rows = await kysely.selectFrom("messages").selectAll().where("session_id", "=", sessionId).orderBy("id").execute();
      return rows.map(toMessage);
    },
    async recentMessages(sessionId, { after, most, mostCharacters }) {
      const found: SpokenMessage[] = [];
      let characters = 0;
      let before = behindAll;
      // In parts: a message may be a megabyte, and those that are not told need not be read.
      while (found.length < most) {
        const rows = database.read(recentQuery({ id: sessionId, after: after ?? "", before, most: Math.min(readAtOnce, most - found.length) }));
        for (const { id, role, content, tool_calls: calls } of rows) {
          characters += content.length + (calls?.length ?? 0);
          if (characters > mostCharacters) return found.reverse();
          found.push({ id, role, content, toolCalls: toolCallsOf(calls) });
          before = id;
        }
        if (rows.length < readAtOnce) break;
      }
      return found.reverse();
    },
    async keepSummary(sessionId, { text, upTo }) {
      await kysely
        .updateTable("sessions")
        .set({ summary: text, summary_up_to: upTo })
        .where("id", "=", sessionId)
        .where((its) => its.exists(its.selectFrom("messages").select("id").where("session_id", "=", sessionId).where("id", "=", upTo)))
        .execute();
    },
    delete: async (id) => (await deleteSessions("id", id)) > 0,
    deleteIn: (workspaceId) => deleteSessions("workspace_id", workspaceId),
    async clear(id) {
      await database.run(function* () {
        yield* deleteMessages(kysely, kysely.selectFrom("sessions").select("id").where("id", "=", id));
        yield kysely.updateTable("sessions").set({ message_count: 0, tokens_used: 0, summary: null, summary_up_to: null }).where("id", "=", id).compile();
      });
    },
  };
}

/**
 * Deletes what was said in sessions, and the runs that said it; those are found by their messages, which spares every turn
 * an index to write. A run that is still under way stays, and finds when it ends that its answer belongs nowhere.
 */
function* deleteMessages(kysely: Kysely<Schema>, ids: SelectQueryBuilder<Schema, "sessions", { id: string }>): Script<void> {
  yield kysely.updateTable("runs").set({ session_id: null }).where("status", "=", sql.lit("running")).where("session_id", "in", ids).compile();
  const runIds = kysely.selectFrom("messages").select("run_id").where("session_id", "in", ids).where("run_id", "is not", null);
  yield kysely.deleteFrom("runs").where("id", "in", runIds.$castTo<{ run_id: string }>()).where("status", "!=", "running").compile();
  yield kysely.deleteFrom("messages").where("session_id", "in", ids).compile();
}

function toSession(row: Selectable<SessionsTable>): Session {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    agentId: row.agent_id,
    userId: row.user_id,
    channel: row.channel,
    title: row.title,
    createdAt: row.created_at,
    lastActiveAt: row.last_active_at,
    messageCount: row.message_count,
    tokensUsed: row.tokens_used,
    summary: row.summary === null || row.summary_up_to === null ? null : { text: row.summary, upTo: row.summary_up_to },
  };
}

function toMessage(row: Selectable<MessagesTable>): StoredMessage {
  return {
    id: row.id,
    role: row.role,
    content: row.content,
    createdAt: row.created_at,
    model: row.model,
    usage: row.input_tokens === null || row.output_tokens === null ? null : { inputTokens: row.input_tokens, outputTokens: row.output_tokens },
    toolCalls: toolCallsOf(row.tool_calls),
  };
}

function toolCallsOf(text: string | null): ToolCallRecord[] | null {
  return text === null ? null : (JSON.parse(text) as ToolCallRecord[]);
}
