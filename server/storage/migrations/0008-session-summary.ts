import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** What was said in a session up to a message, in short: what the model is told of it once it does not fit any more. */
export const sessionSummary: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema.alterTable("sessions").addColumn("summary", "text").execute();
    await database.schema.alterTable("sessions").addColumn("summary_up_to", "text").execute();
  },
};
