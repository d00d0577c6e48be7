import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Requests with an `Idempotency-Key`, and what they were answered. */
export const idempotency: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema
      .createTable("idempotency_keys")
      .addColumn("key_id", "text", (column) => column.notNull())
      .addColumn("idempotency_key", "text", (column) => column.notNull())
      .addColumn("fingerprint", "text", (column) => column.notNull())
      .addColumn("run_id", "text", (column) => column.notNull())
      .addColumn("status", "text", (column) => column.notNull())
      .addColumn("answer", "text")
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addPrimaryKeyConstraint("idempotency_keys_once", ["key_id", "idempotency_key"])
      .execute();
    await database.schema.createIndex("idempotency_keys_by_age").on("idempotency_keys").columns(["created_at"]).execute();
  },
};
