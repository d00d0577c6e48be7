import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** What comes in by the messaging platforms, what they have carried, and where the answers of cron jobs go. */
export const channels: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema
      .createTable("channel_inbox")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("channel", "text", (column) => column.notNull())
      .addColumn("platform_id", "text", (column) => column.notNull())
      .addColumn("workspace_id", "text", (column) => column.notNull())
      .addColumn("chat_id", "text", (column) => column.notNull())
      .addColumn("message_id", "text", (column) => column.notNull())
      .addColumn("chat_type", "text", (column) => column.notNull())
      .addColumn("user_id", "text", (column) => column.notNull())
      .addColumn("user_name", "text", (column) => column.notNull())
      .addColumn("text", "text", (column) => column.notNull())
      .addColumn("run_id", "text", (column) => column.notNull())
      .addColumn("status", "text", (column) => column.notNull())
      .addColumn("parts_sent", "bigint", (column) => column.notNull())
      .addColumn("open_message_id", "text")
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addUniqueConstraint("channel_inbox_once", ["channel", "platform_id"])
      .execute();
    await database.schema.createIndex("channel_inbox_waiting").on("channel_inbox").columns(["status", "channel", "chat_id", "id"]).execute();
    await database.schema.createIndex("channel_inbox_by_age").on("channel_inbox").columns(["created_at"]).execute();

    await database.schema
      .createTable("channel_counts")
      .addColumn("channel", "text", (column) => column.primaryKey())
      .addColumn("received", "bigint", (column) => column.notNull())
      .addColumn("sent", "bigint", (column) => column.notNull())
      .addColumn("failed", "bigint", (column) => column.notNull())
      .addColumn("last_message_at", "bigint")
      .execute();

    await database.schema.alterTable("cron_jobs").addColumn("deliver", "text").execute();
  },
};
