import type { Selectable } from "kysely";
import type { Principal } from "../keys/principal.ts";
import type { Database } from "../storage/database.ts";
import type { CronJobsTable } from "../storage/schema.ts";
import type { CronJob, Delivery, FireStatus } from "./job.ts";
import type { Timing } from "./schedule.ts";

/** What the clock says of a job. */
export interface Clock {
  jobId: string;
  /** What `nextAt` was reckoned from, as text. */
  timing: string;
  nextAt: number | null;
  lastRunAt: number | null;
  lastStatus: FireStatus | null;
}

export type ClockSetting = Pick<Clock, "jobId" | "timing" | "nextAt">;

export interface CronStore {
  /** Throws `conflict` on an id that is taken. */
  insert(job: CronJob, clock: ClockSetting): Promise<void>;
  /** With a clock when it is to be set anew. False when the job is gone. */
  update(job: CronJob, clock: ClockSetting | null): Promise<boolean>;
  /** With its clock and its history. False when it is gone already. */
  delete(id: string): Promise<boolean>;
  find(id: string): Promise<CronJob | undefined>;
  /** In the order of their ids, behind `after`. */
  list(filter: { workspaces: readonly string[] | "*"; after: string; limit: number }): Promise<CronJob[]>;
  all(): Promise<CronJob[]>;
  clocks(jobIds: readonly string[]): Promise<Map<string, Clock>>;
  setClocks(clocks: readonly ClockSetting[]): Promise<void>;
}

export function createCronStore({ database }: { database: Database }): CronStore {
  const { kysely } = database;

  const clockUpsert = ({ jobId, timing, nextAt }: ClockSetting) =>
    kysely
      .insertInto("cron_clocks")
      .values({ job_id: jobId, timing, next_at: nextAt, last_fire_id: null })
      .onConflict((conflict) => conflict.column("job_id").doUpdateSet({ timing, next_at: nextAt }))
      .compile();
  const forget = (table: "cron_clocks" | "cron_runs", jobId: string) => kysely.deleteFrom(table).where("job_id", "=", jobId).compile();

  return {
    insert: (job, clock) =>
      database.run(function* () {
        yield kysely.insertInto("cron_jobs").values({ id: job.id, ...toRow(job), created_at: job.createdAt ?? 0 }).compile();
        // A job of the settings may have had the id before.
        yield forget("cron_runs", job.id);
        yield forget("cron_clocks", job.id);
        yield clockUpsert(clock);
      }),
    update: (job, clock) =>
      database.run(function* () {
        const { affected } = yield kysely.updateTable("cron_jobs").set(toRow(job)).where("id", "=", job.id).compile();
        if (affected === 0) return false;
        if (clock) yield clockUpsert(clock);
        return true;
      }),
    delete: (id) =>
      database.run(function* () {
        const { affected } = yield kysely.deleteFrom("cron_jobs").where("id", "=", id).compile();
        if (affected === 0) return false;
        yield forget("cron_runs", id);
        yield forget("cron_clocks", id);
        return true;
      }),
    async find(id) {
      const row = await kysely.selectFrom("cron_jobs").selectAll().where("id", "=", id).executeTakeFirst();
      return row && toJob(row);
    },
    async list({ workspaces, after, limit }) {
      if (workspaces.length === 0) return [];
      let query = kysely.selectFrom("cron_jobs").selectAll().where("id", ">", after).orderBy("id").limit(limit);
      if (workspaces !== "*") query = query.where("workspace_id", "in", workspaces);
      return (await query.execute()).map(toJob);
    },
    async all() {
      return (await kysely.selectFrom("cron_jobs").selectAll().execute()).map(toJob);
    },
    async clocks(jobIds) {
      if (jobIds.length === 0) return new Map();
      const rows = await kysely
        .selectFrom("cron_clocks")
        .leftJoin("cron_runs", "cron_runs.id", "cron_clocks.last_fire_id")
        .select(["cron_clocks.job_id as jobId", "timing", "next_at as nextAt", "cron_runs.started_at as lastRunAt", "cron_runs.status as lastStatus"])
        .where("cron_clocks.job_id", "in", jobIds)
        .execute();
      return new Map(rows.map((clock) => [clock.jobId, clock]));
    },
    setClocks: (clocks) =>
      database.run(function* () {
        for (const clock of clocks) yield clockUpsert(clock);
      }),
  };
}

function toRow(job: CronJob): Omit<Selectable<CronJobsTable>, "id" | "created_at"> {
  return {
    workspace_id: job.workspaceId,
    timing: JSON.stringify(job.timing),
    agent_id: job.agentId,
    message: job.message,
    session_id: job.sessionId,
    catch_up: job.catchUp,
    overlap: job.overlap,
    timeout_ms: job.timeoutMs,
    deliver: job.deliver && JSON.stringify(job.deliver),
    delete_after_run: job.deleteAfterRun ? 1 : 0,
    enabled: job.enabled ? 1 : 0,
    principal: storedPrincipal(job.principal),
    updated_at: job.updatedAt ?? 0,
  };
}

function toJob(row: Selectable<CronJobsTable>): CronJob {
  return {
    id: row.id,
    source: "stored",
    workspaceId: row.workspace_id,
    timing: JSON.parse(row.timing) as Timing,
    agentId: row.agent_id,
    message: row.message,
    sessionId: row.session_id,
    catchUp: row.catch_up,
    overlap: row.overlap,
    timeoutMs: row.timeout_ms,
    deliver: row.deliver === null ? null : (JSON.parse(row.deliver) as Delivery),
    deleteAfterRun: row.delete_after_run === 1,
    enabled: row.enabled === 1,
    principal: toPrincipal(row.principal),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** A set has no JSON. */
function storedPrincipal({ permissions, ...rest }: Principal): string {
  return JSON.stringify({ ...rest, permissions: permissions === "*" ? "*" : [...permissions] });
}

function toPrincipal(text: string): Principal {
  // A job of an older version has none.
  const { permissions, denyTools = null, ...rest } = JSON.parse(text) as Omit<Principal, "permissions" | "denyTools"> & Partial<Pick<Principal, "denyTools">> & { permissions: string[] | "*" };
  return { ...rest, denyTools, permissions: permissions === "*" ? "*" : new Set(permissions) };
}
