import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** The tools that a key may call: a JSON list of globs; null for all that the settings allow. */
export const keyTools: Migration = {
  async up(kysely: Kysely<unknown>): Promise<void> {
    await kysely.schema.alterTable("keys").addColumn("tools", "text").execute();
  },
};
