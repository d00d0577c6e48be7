import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * Which workspaces of the settings have been made: one that was deleted since must not come back at the next start. Until
 * now the settings were the only place that workspaces came from.
 */
export const seededWorkspaces: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema
      .createTable("seeded_workspaces")
      .addColumn("id", "text", (column) => column.primaryKey().notNull())
      .execute();
    await sql`insert into seeded_workspaces (id) select id from workspaces`.execute(database);
  },
};
