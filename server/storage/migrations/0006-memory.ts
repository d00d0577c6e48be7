import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * What agents remember, the vectors of it, and SQLite's full-text index.
 *
 * The index keeps no text of its own ("contentless"): `memory/full-text.ts` gives it words that are ready to be compared, and
 * so its tokenizer has but to part them at blanks. PostgreSQL will have a `tsvector` of the same words in its place.
 */
export const memory: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema
      .createTable("memories")
      // `integer` and no other word makes it SQLite's row id, which no vacuum changes.
      .addColumn("number", "integer", (column) => column.primaryKey().autoIncrement())
      .addColumn("id", "text", (column) => column.notNull().unique())
      .addColumn("workspace_id", "text", (column) => column.notNull())
      .addColumn("agent_id", "text")
      .addColumn("session_id", "text")
      .addColumn("source", "text", (column) => column.notNull())
      .addColumn("text", "text", (column) => column.notNull())
      .addColumn("tags", "text", (column) => column.notNull())
      .addColumn("bytes", "bigint", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("last_used_at", "bigint")
      .execute();
    // The order of the list and of pruning, of everything and of a workspace. With the bytes the statistics read no text.
    await database.schema.createIndex("memories_by_age").on("memories").columns(["created_at", "number"]).execute();
    await database.schema.createIndex("memories_by_workspace").on("memories").columns(["workspace_id", "created_at", "number", "bytes"]).execute();

    await database.schema
      .createTable("memory_vectors")
      .addColumn("number", "integer", (column) => column.primaryKey().references("memories.number").onDelete("cascade"))
      .addColumn("model", "text", (column) => column.notNull())
      .addColumn("vector", sql`blob`, (column) => column.notNull())
      .execute();

    await sql`create virtual table memory_index using fts5(labels, words, content='', contentless_delete=1, tokenize='ascii')`.execute(database);
    // Whoever deletes an entry, a workspace's deletion too, need not know of the index.
    await sql`create trigger memories_unindexed after delete on memories begin delete from memory_index where rowid = old.number; end`.execute(database);
  },
};
