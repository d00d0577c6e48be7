import { randomBytes } from "node:crypto";
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * The log of what has happened. Its cursor counts up in the order of commits, and no number comes twice (`autoincrement`), also
 * when the newest events are deleted: who has read up to one goes on behind it.
 */
export const events: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema
      .createTable("events")
      .addColumn("cursor", "integer", (column) => column.primaryKey().autoIncrement())
      .addColumn("type", "text", (column) => column.notNull())
      .addColumn("workspace_id", "text", (column) => column.notNull())
      .addColumn("session_id", "text")
      .addColumn("message_id", "text")
      .addColumn("at", "bigint", (column) => column.notNull())
      .addColumn("data", "text", (column) => column.notNull())
      .execute();
    await database.schema
      .createTable("event_log")
      .addColumn("id", "text", (column) => column.notNull())
      .execute();
    // In the ids of events, so that those of another database are not taken for this one's.
    await sql`insert into event_log (id) values (${randomBytes(4).toString("hex")})`.execute(database);
  },
};
