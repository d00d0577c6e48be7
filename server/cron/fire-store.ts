import type { Selectable } from "kysely";
import type { EventWriter } from "../events/writer.ts";
import { decodeCursor } from "../storage/cursor.ts";
import type { Database } from "../storage/database.ts";
import { toPage, type Page } from "../storage/page.ts";
import type { CronRunsTable } from "../storage/schema.ts";
import { finishedEvent } from "./finished-event.ts";
import type { CronFire, CronJob, EndStatus } from "./job.ts";

export interface FireStore {
  /** The clocks of stored jobs, and of the given others, whose next fire is due, the earliest first. */
  due(now: number, otherIds: readonly string[]): Promise<{ jobId: string; nextAt: number }[]>;
  /** When the next of them is due. */
  nextDue(otherIds: readonly string[]): Promise<number | null>;
  /** Sets a clock on, unless somebody else has done so; whether it did. */
  pass(jobId: string, nextAt: number, following: number | null): Promise<boolean>;
  /**
   * Takes a fire before its run starts. By the clock: sets the clock on from `nextAt` and notes the fire under its key, both or
   * neither; `taken` when another instance was first. `busy` when the job has its most runs: a fire of the clock is then
   * noted as skipped, one by hand is not noted.
   */
  claim(claim: Claim, clock: { nextAt: number; following: number | null } | null): Promise<"claimed" | "busy" | "taken">;
  begun(fireId: string, runId: string): Promise<void>;
  /** Notes the end of a fire, and tells of it. Nothing happens when it is gone with its job; nor, of one that was cut off, when its end is noted already. */
  ended(fire: CronFire, end: FireEnd): Promise<void>;
  /** Those that an earlier process left running, or that run in another one, each with its run's session. */
  leftRunning(): Promise<(CronFire & { sessionId: string | null })[]>;
  /** The fires of a job in its workspace, the newest first. Throws `bad_request` on a cursor that is none of this list. */
  fires(job: Pick<CronJob, "id" | "workspaceId">, page: { limit: number; cursor?: string | undefined }): Promise<Page<CronFire>>;
}

/** A fire to take. */
export interface Claim {
  fire: CronFire;
  /** The most runs of its job at once, this one included. */
  mostRunning: number;
  /** A run that began earlier has timed out by now: its gateway must have died. */
  runningSince: number;
}

/** What came of a fire. */
export interface FireEnd {
  status: EndStatus;
  error: string | null;
  finishedAt: number;
  /** Of its run; null when none began. */
  runId: string | null;
  sessionId: string | null;
  /** The answer's; null when there is none. */
  messageId: string | null;
  /** The id of the webhook that is told; null for none. */
  deliverTo: string | null;
  /** It ended with an earlier process. One that goes on in another process all the same is set right by its own end. */
  isCutOff: boolean;
}

/** How many fires of a job are kept. */
const mostFires = 100;

/** The clocks as they go on, and what came of each fire. */
export function createFireStore({ database, events }: { database: Database; events: Pick<EventWriter, "append"> }): FireStore {
  const { kysely } = database;

  const clockStep = (jobId: string, nextAt: number, following: number | null) => kysely.updateTable("cron_clocks").set({ next_at: following }).where("job_id", "=", jobId).where("next_at", "=", nextAt).compile();

  /** A clock may be left over from a job that the settings have no more. */
  const liveClocks = (otherIds: readonly string[]) =>
    kysely
      .selectFrom("cron_clocks")
      .where("next_at", "is not", null)
      .where(({ eb, or, selectFrom }) => or([eb("job_id", "in", selectFrom("cron_jobs").select("id")), ...(otherIds.length > 0 ? [eb("job_id", "in", otherIds)] : [])]))
      .select(["job_id as jobId", "next_at as nextAt"])
      .$narrowType<{ nextAt: number }>()
      .orderBy("next_at");

  return {
    due: (now, otherIds) => liveClocks(otherIds).where("next_at", "<=", now).execute(),
    async nextDue(otherIds) {
      const row = await liveClocks(otherIds).limit(1).executeTakeFirst();
      return row?.nextAt ?? null;
    },
    pass: (jobId, nextAt, following) =>
      database.run(function* () {
        return (yield clockStep(jobId, nextAt, following)).affected > 0;
      }),
    claim: ({ fire, mostRunning, runningSince }, clock) =>
      database.run(function* () {
        if (clock && (yield clockStep(fire.jobId, clock.nextAt, clock.following)).affected === 0) return "taken";
        const { affected } = yield kysely
          .insertInto("cron_runs")
          .values(toFireRow(fire))
          .onConflict((conflict) => conflict.columns(["job_id", "scheduled_for"]).doNothing())
          .compile();
        if (affected === 0) return "taken";
        const running = kysely.selectFrom("cron_runs").select("id").where("job_id", "=", fire.jobId).where("status", "=", "running").where("started_at", ">=", runningSince);
        const { rows } = yield running.limit(mostRunning + 1).compile();
        const isBusy = rows.length > mostRunning;
        if (!isBusy) yield kysely.updateTable("cron_clocks").set({ last_fire_id: fire.id }).where("job_id", "=", fire.jobId).compile();
        else if (clock) yield kysely.updateTable("cron_runs").set({ status: "skipped", error: stillRunning, finished_at: fire.startedAt }).where("id", "=", fire.id).compile();
        else yield kysely.deleteFrom("cron_runs").where("id", "=", fire.id).compile();
        yield kysely
          .deleteFrom("cron_runs")
          .where("job_id", "=", fire.jobId)
          .where("status", "!=", "running")
          // The last that ran is what the job shows, however many were skipped since.
          .where("id", "not in", ({ selectFrom }) => selectFrom("cron_clocks").select("last_fire_id").where("job_id", "=", fire.jobId).where("last_fire_id", "is not", null).$castTo<{ last_fire_id: string }>())
          .where("id", "<=", ({ selectFrom }) => selectFrom("cron_runs").select("id").where("job_id", "=", fire.jobId).orderBy("id", "desc").limit(1).offset(mostFires))
          .compile();
        return isBusy ? "busy" : "claimed";
      }),
    async begun(fireId, runId) {
      await kysely.updateTable("cron_runs").set({ run_id: runId }).where("id", "=", fireId).execute();
    },
    ended: (fire, end) =>
      database.run(function* () {
        const { status, error, finishedAt, isCutOff } = end;
        const noted = kysely.updateTable("cron_runs").set({ status, error, finished_at: finishedAt }).where("id", "=", fire.id);
        const { affected } = yield (isCutOff ? noted.where("status", "=", "running") : noted).compile();
        if (affected > 0) yield* events.append(finishedEvent(fire, end));
      }),
    async leftRunning() {
      const rows = await kysely.selectFrom("cron_runs").leftJoin("runs", "runs.id", "cron_runs.run_id").selectAll("cron_runs").select("runs.session_id").where("cron_runs.status", "=", "running").execute();
      return rows.map((row) => ({ ...toFire(row), sessionId: row.session_id }));
    },
    async fires({ id, workspaceId }, { limit, cursor }) {
      let query = kysely.selectFrom("cron_runs").selectAll().where("job_id", "=", id).where("workspace_id", "=", workspaceId);
      if (cursor !== undefined) query = query.where("id", "<", decodeCursor(cursor, ["string"])[0]);
      const rows = await query.orderBy("id", "desc").limit(limit + 1).execute();
      return toPage(rows, limit, toFire, (row) => [row.id]);
    },
  };
}

const stillRunning = "The job was still running.";

function toFireRow(fire: CronFire): Selectable<CronRunsTable> {
  return {
    id: fire.id,
    job_id: fire.jobId,
    workspace_id: fire.workspaceId,
    scheduled_for: fire.scheduledFor,
    status: fire.status,
    run_id: fire.runId,
    error: fire.error,
    started_at: fire.startedAt,
    finished_at: fire.finishedAt,
  };
}

function toFire(row: Selectable<CronRunsTable>): CronFire {
  return {
    id: row.id,
    jobId: row.job_id,
    workspaceId: row.workspace_id,
    scheduledFor: row.scheduled_for,
    status: row.status,
    runId: row.run_id,
    error: row.error,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  };
}
