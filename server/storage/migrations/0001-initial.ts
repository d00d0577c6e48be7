import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * Workspaces, sessions with their messages, runs, keys.
 *
 * `bigint` because a time in milliseconds and a sum of tokens outgrow PostgreSQL's `integer`; SQLite has one integer
 * type and does not mind. Every index that a turn touches is written with it, and writing pages is what a turn costs
 * most, so there is none without a query that needs it. The foreign key makes a message without its session impossible,
 * whatever happens to the process.
 */
export const initial: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema
      .createTable("workspaces")
      .addColumn("id", "text", (column) => column.primaryKey().notNull())
      .addColumn("label", "text", (column) => column.notNull())
      .addColumn("agent_id", "text")
      .addColumn("skills", "text", (column) => column.notNull())
      .addColumn("allowlist", "text", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("updated_at", "bigint", (column) => column.notNull())
      .execute();

    await database.schema
      .createTable("sessions")
      .addColumn("id", "text", (column) => column.primaryKey().notNull())
      .addColumn("workspace_id", "text", (column) => column.notNull())
      .addColumn("agent_id", "text", (column) => column.notNull())
      .addColumn("user_id", "text")
      .addColumn("channel", "text", (column) => column.notNull())
      .addColumn("title", "text")
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("last_active_at", "bigint", (column) => column.notNull())
      .addColumn("message_count", "bigint", (column) => column.notNull())
      .addColumn("tokens_used", "bigint", (column) => column.notNull())
      .modifyEnd(clustered)
      .execute();
    // One an order of the list: newest activity first, of everything, of a workspace.
    await database.schema.createIndex("sessions_by_activity").on("sessions").columns(["last_active_at", "id"]).execute();
    await database.schema
      .createIndex("sessions_by_workspace")
      .on("sessions")
      .columns(["workspace_id", "last_active_at", "id"])
      .execute();
    await database.schema
      .createTable("messages")
      .addColumn("id", "text", (column) => column.notNull())
      .addColumn("session_id", "text", (column) => column.notNull().references("sessions.id").onDelete("cascade"))
      .addColumn("run_id", "text")
      .addColumn("role", "text", (column) => column.notNull())
      .addColumn("content", "text", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("model", "text")
      .addColumn("input_tokens", "bigint")
      .addColumn("output_tokens", "bigint")
      .addColumn("latency_ms", "bigint")
      .addColumn("finish_reason", "text")
      .addColumn("tool_calls", "text")
      .addPrimaryKeyConstraint("messages_primary_key", ["session_id", "id"])
      .execute();

    await database.schema
      .createTable("runs")
      .addColumn("id", "text", (column) => column.primaryKey().notNull())
      .addColumn("session_id", "text")
      .addColumn("workspace_id", "text", (column) => column.notNull())
      .addColumn("agent_id", "text", (column) => column.notNull())
      .addColumn("key_id", "text", (column) => column.notNull())
      .addColumn("user_id", "text")
      .addColumn("channel", "text", (column) => column.notNull())
      .addColumn("face", "text", (column) => column.notNull())
      .addColumn("request", "text", (column) => column.notNull())
      .addColumn("status", "text", (column) => column.notNull())
      .addColumn("model", "text")
      .addColumn("message_id", "text")
      .addColumn("content", "text")
      .addColumn("tool_calls", "text")
      .addColumn("finish_reason", "text")
      .addColumn("input_tokens", "bigint")
      .addColumn("output_tokens", "bigint")
      .addColumn("latency_ms", "bigint")
      .addColumn("error_code", "text")
      .addColumn("error_message", "text")
      .addColumn("error_details", "text")
      .addColumn("tools_invoked", "text")
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("finished_at", "bigint")
      .modifyEnd(clustered)
      .execute();
    // Only those that are under way, which the next start asks for after a crash.
    await database.schema.createIndex("runs_running").on("runs").columns(["status", "id"]).where("status", "=", "running").execute();
    await database.schema
      .createTable("keys")
      .addColumn("id", "text", (column) => column.primaryKey().notNull())
      .addColumn("hash", "text", (column) => column.notNull().unique())
      .addColumn("label", "text", (column) => column.notNull())
      .addColumn("prefix", "text", (column) => column.notNull())
      .addColumn("last_four", "text", (column) => column.notNull())
      .addColumn("owner", "integer", (column) => column.notNull())
      .addColumn("scopes", "text")
      .addColumn("permissions", "text")
      .addColumn("workspaces", "text")
      .addColumn("rate_limit", "bigint")
      .addColumn("max_tokens_per_day", "bigint")
      .addColumn("expires_at", "bigint")
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("last_used_at", "bigint")
      .addColumn("revoked_at", "bigint")
      .execute();
  },
};

/** The rows lie in the order of their key, in one tree instead of two: a turn dirties half as many pages. */
const clustered = sql`without rowid`;
