import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** The tools that a key may not call, whatever else allows them: a JSON list of globs; null for none. */
export const keyDenyTools: Migration = {
  async up(kysely: Kysely<unknown>): Promise<void> {
    await kysely.schema.alterTable("keys").addColumn("deny_tools", "text").execute();
  },
};
