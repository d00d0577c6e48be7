import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * The audit log: one tree in the order of time, so that writing appends, reading seeks and retention deletes at the end.
 *
 * The triggers keep the program from changing an entry, and from deleting one of the last day, whatever a later version of
 * it does wrong. They are no proof against somebody who holds the file: who may write it may also drop them. PostgreSQL
 * will have the same as a function.
 */
export const audit: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema
      .createTable("audit")
      .addColumn("at", "bigint", (column) => column.notNull())
      .addColumn("id", "text", (column) => column.notNull())
      .addColumn("key_id", "text")
      .addColumn("address", "text")
      .addColumn("operation", "text")
      .addColumn("method", "text", (column) => column.notNull())
      .addColumn("object", "text")
      .addColumn("status", "integer", (column) => column.notNull())
      .addColumn("complete", "integer", (column) => column.notNull())
      .addColumn("duration_ms", "bigint", (column) => column.notNull())
      .addColumn("request_id", "text", (column) => column.notNull())
      .addColumn("times", "bigint", (column) => column.notNull())
      .addPrimaryKeyConstraint("audit_primary_key", ["at", "id"])
      .modifyEnd(sql`without rowid`)
      .execute();
    await sql`create trigger audit_is_never_changed before update on audit begin
      select raise(abort, 'an entry of the audit log is never changed');
    end`.execute(database);
    await sql`create trigger audit_is_kept_for_a_day before delete on audit when old.at > (unixepoch() - 86400) * 1000 begin
      select raise(abort, 'an entry of the audit log is kept for a day at the least');
    end`.execute(database);
  },
};
