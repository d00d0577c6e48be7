import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Webhooks that were made over HTTP, and what is on its way, was delivered or given up, to any webhook. */
export const webhooks: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema
      .createTable("webhooks")
      .addColumn("id", "text", (column) => column.primaryKey().notNull())
      .addColumn("workspace_id", "text")
      .addColumn("url", "text", (column) => column.notNull())
      .addColumn("events", "text", (column) => column.notNull())
      .addColumn("description", "text")
      .addColumn("enabled", "integer", (column) => column.notNull())
      .addColumn("disabled_reason", "text")
      .addColumn("edition", "text", (column) => column.notNull())
      .addColumn("max_attempts", "integer", (column) => column.notNull())
      .addColumn("backoff_ms", "bigint", (column) => column.notNull())
      .addColumn("timeout_ms", "bigint", (column) => column.notNull())
      .addColumn("concurrency", "integer", (column) => column.notNull())
      .addColumn("secret", "text", (column) => column.notNull())
      .addColumn("previous_secret", "text")
      .addColumn("previous_until", "bigint")
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("updated_at", "bigint", (column) => column.notNull())
      .execute();
    await database.schema
      .createTable("webhook_deliveries")
      .addColumn("id", "text", (column) => column.primaryKey().notNull())
      .addColumn("webhook_id", "text", (column) => column.notNull())
      .addColumn("event_cursor", "bigint", (column) => column.notNull())
      .addColumn("event_type", "text", (column) => column.notNull())
      .addColumn("workspace_id", "text", (column) => column.notNull())
      .addColumn("status", "text", (column) => column.notNull())
      .addColumn("due_at", "bigint")
      .addColumn("leased_until", "bigint")
      .addColumn("failures", "integer", (column) => column.notNull())
      .addColumn("attempts", "text", (column) => column.notNull())
      .addColumn("body", "text")
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .execute();
    await database.schema.createIndex("webhook_deliveries_by_webhook").on("webhook_deliveries").columns(["webhook_id", "id"]).execute();
    // Of the few that are open only, in the order in which they are taken; with all that the queue's length and age are read from.
    await database.schema
      .createIndex("webhook_deliveries_open")
      .on("webhook_deliveries")
      .columns(["webhook_id", "due_at", "event_cursor", "created_at"])
      .where("due_at", "is not", null)
      .execute();
    await database.schema.createIndex("webhook_deliveries_leased").on("webhook_deliveries").columns(["webhook_id", "leased_until"]).where("leased_until", "is not", null).execute();
    await database.schema.createIndex("webhook_dead_letters").on("webhook_deliveries").column("id").where(sql.ref("status"), "=", "dead").execute();
  },
};
