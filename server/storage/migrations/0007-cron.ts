import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Cron jobs that were made over HTTP, the clocks of all jobs, and what came of their fires. */
export const cron: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema
      .createTable("cron_jobs")
      .addColumn("id", "text", (column) => column.primaryKey().notNull())
      .addColumn("workspace_id", "text", (column) => column.notNull())
      .addColumn("timing", "text", (column) => column.notNull())
      .addColumn("agent_id", "text")
      .addColumn("message", "text", (column) => column.notNull())
      .addColumn("session_id", "text")
      .addColumn("catch_up", "text", (column) => column.notNull())
      .addColumn("overlap", "text", (column) => column.notNull())
      .addColumn("timeout_ms", "bigint", (column) => column.notNull())
      .addColumn("delete_after_run", "integer", (column) => column.notNull())
      .addColumn("enabled", "integer", (column) => column.notNull())
      .addColumn("principal", "text", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("updated_at", "bigint", (column) => column.notNull())
      .execute();
    // Apart from the jobs, since those of the settings have a clock as well.
    await database.schema
      .createTable("cron_clocks")
      .addColumn("job_id", "text", (column) => column.primaryKey().notNull())
      .addColumn("timing", "text", (column) => column.notNull())
      .addColumn("next_at", "bigint")
      .addColumn("last_fire_id", "text")
      .execute();
    await database.schema
      .createTable("cron_runs")
      .addColumn("id", "text", (column) => column.primaryKey().notNull())
      .addColumn("job_id", "text", (column) => column.notNull())
      .addColumn("workspace_id", "text", (column) => column.notNull())
      .addColumn("scheduled_for", "bigint")
      .addColumn("status", "text", (column) => column.notNull())
      .addColumn("run_id", "text")
      .addColumn("error", "text")
      .addColumn("started_at", "bigint", (column) => column.notNull())
      .addColumn("finished_at", "bigint")
      .execute();
    await database.schema.createIndex("cron_runs_by_job").on("cron_runs").columns(["job_id", "id"]).execute();
    // The fire key: no time of the clock is run twice, whoever tries. Runs by hand have none (null), and are not bound by it.
    await database.schema.createIndex("cron_runs_once").on("cron_runs").columns(["job_id", "scheduled_for"]).unique().execute();
  },
};
