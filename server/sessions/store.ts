import type { Selectable } from "kysely";
import type { ToolCallRecord } from "../chat/turn-events.ts";
import type { Usage } from "../providers/port.ts";
import { decodeCursor } from "../storage/cursor.ts";
import type { Database } from "../storage/database.ts";
import { toPage, type Page } from "../storage/page.ts";
import { prepare } from "../storage/prepared.ts";
import type { MessagesTable, SessionsTable } from "../storage/schema.ts";

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
export type SpokenMessage = Pick<StoredMessage, "role" | "content" | "toolCalls">;

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
  /** The newest so many, oldest first. */
  recentMessages(sessionId: string, most: number): Promise<SpokenMessage[]>;
  /** With its messages and runs. */
  delete(id: string): Promise<boolean>;
  deleteIn(workspaceId: string): Promise<number>;
  /** Deletes the messages; the session stays. */
  clear(id: string): Promise<void>;
}

export function createSessionStore({ database }: { database: Database }): SessionStore {
  const { kysely } = database;
  const findQuery = prepare<{ id: string }>()((value) => kysely.selectFrom("sessions").selectAll().where("id", "=", value("id")));
  const recentQuery = prepare<{ id: string; most: number }>()((value) =>
    kysely.selectFrom("messages").select(["role", "content", "tool_calls"]).where("session_id", "=", value("id")).orderBy("id", "desc").limit(value("most")),
  );

  /** Deletes sessions with all that hangs on them, in one transaction; how many. */
  function deleteSessions(where: "id" | "workspace_id", value: string): Promise<number> {
    return kysely.transaction().execute(async (transaction) => {
      const ids = transaction.selectFrom("sessions").select("id").where(where, "=", value);
      await transaction.deleteFrom("messages").where("session_id", "in", ids).execute();
      // A run that is still under way finds its session gone when it ends.
      await transaction.deleteFrom("runs").where("session_id", "in", ids).where("status", "!=", "running").execute();
      await transaction.updateTable("runs").set({ session_id: null }).where("session_id", "in", ids).execute();
      const { numDeletedRows } = await transaction.deleteFrom("sessions").where(where, "=", value).executeTakeFirstOrThrow();
      return Number(numDeletedRows);
    });
  }

  return {
    async find(id) {
      const [row] = database.read(findQuery({ id }));
      return row && toSession(row);
    },
    async list({ workspaces, agentId, userId, limit, cursor }) {
      let query = kysely.selectFrom("sessions").selectAll();
      if (workspaces !== "*") query = query.where("workspace_id", "in", workspaces);
      if (agentId !== undefined) query = query.where("agent_id", "=", agentId);
      if (userId !== undefined) query = query.where("user_id", "=", userId);
      if (cursor !== undefined) {
        const [lastActiveAt, id] = decodeCursor(cursor, ["number", "string"]);
        query = query.where(({ eb, or, and }) => or([eb("last_active_at", "<", lastActiveAt), and([eb("last_active_at", "=", lastActiveAt), eb("id", "<", id)])]));
      }
      const rows = await query.orderBy("last_active_at", "desc").orderBy("id", "desc").limit(limit + 1).execute();
      return toPage(rows, limit, toSession, (row) => [row.last_active_at, row.id]);
    },
    async count({ workspaces }) {
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
    async recentMessages(sessionId, most) {
      const rows = database.read(recentQuery({ id: sessionId, most })).reverse();
      return rows.map(({ role, content, tool_calls: calls }) => ({ role, content, toolCalls: toolCallsOf(calls) }));
    },
    delete: async (id) => (await deleteSessions("id", id)) > 0,
    deleteIn: (workspaceId) => deleteSessions("workspace_id", workspaceId),
    async clear(id) {
      await kysely.transaction().execute(async (transaction) => {
        await transaction.deleteFrom("messages").where("session_id", "=", id).execute();
        await transaction.updateTable("sessions").set({ message_count: 0, tokens_used: 0 }).where("id", "=", id).execute();
      });
    },
  };
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
