import { type CreateTableBuilder, type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

const sums = ["turns", "errors", "unpriced", "tokens_in", "tokens_out", "cost_nano_usd"];

/**
 * What turns cost, beside each turn; and what they used, by day. The days are counted up from the log of events, each of which is
 * counted once: `usage_cursor` says how far that has come. What was there before is not counted, since nobody knows what it cost.
 */
export const usage: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema.alterTable("runs").addColumn("cost_nano_usd", "bigint").execute();
    await database.schema.alterTable("runs").addColumn("price_version", "text").execute();

    await daily(database, "usage_days", "model", "text", [...sums, "answered", "latency_ms"]);
    await daily(database, "usage_latencies", "bucket", "integer", ["answered"]);
    await daily(database, "usage_user_days", "user_number", "integer", sums);
    await database.schema
      .createTable("usage_users")
      .addColumn("number", "integer", (column) => column.primaryKey().autoIncrement())
      .addColumn("user_id", "text", (column) => column.notNull())
      .addColumn("key_id", "text", (column) => column.notNull())
      .addUniqueConstraint("usage_users_once", ["user_id", "key_id"])
      .execute();
    await database.schema
      .createTable("usage_cursor")
      .addColumn("cursor", "bigint", (column) => column.notNull())
      .execute();
    await sql`insert into usage_cursor (cursor) select coalesce(max(cursor), 0) from events`.execute(database);
  },
};

/** A table of counters by day, workspace, and one thing more. */
async function daily(database: Kysely<unknown>, name: string, by: string, type: "text" | "integer", counters: readonly string[]): Promise<void> {
  let table: CreateTableBuilder<string, string> = database.schema
    .createTable(name)
    .addColumn("day", "integer", (column) => column.notNull())
    .addColumn("workspace_id", "text", (column) => column.notNull())
    .addColumn(by, type, (column) => column.notNull());
  for (const counter of counters) table = table.addColumn(counter, "bigint", (column) => column.notNull());
  // The rows lie in the order of their key: those of a period side by side.
  await table.addPrimaryKeyConstraint(`${name}_key`, ["day", "workspace_id", by]).modifyEnd(sql`without rowid`).execute();
}
