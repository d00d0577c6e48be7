import type { Logger } from "pino";
import { GatewayError } from "../errors.ts";
import { newId } from "../ids.ts";
import type { Run } from "../runs/run.ts";
import type { Claim, FireEnd, FireStore } from "./fire-store.ts";
import { type CronFire, type CronJob, type EndStatus, webhookOf } from "./job.ts";
import { fireAfter } from "./schedule.ts";

/**
 * Watches the clocks. They are in the database, so that several instances can watch the same ones: who sets a clock on has
 * its fire, and notes it under a key that is unique before its run begins. A fire is so run at most once, and never twice;
 * one whose gateway dies before its end is found by the next start, and marked failed.
 */
export interface Scheduler {
  /** Marks what an earlier process left running, and begins to watch. */
  start(): Promise<void>;
  /** Looks at the clocks at once: one was set. */
  wake(): void;
  /** Runs a job now, whatever the clock says; nothing when it has its most runs. Throws what kept it from beginning. */
  runNow(job: CronJob): Promise<Run | undefined>;
  /** Starts nothing any more. Resolves once what is under way has ended and is noted. */
  stop(): Promise<void>;
}

interface SchedulerOptions {
  fires: FireStore;
  findJob(id: string): Promise<CronJob | undefined>;
  /** The ids of the jobs that are in the settings. */
  settingsIds(): readonly string[];
  /** Begins the job's turn. */
  begin(job: CronJob): Promise<Run>;
  /** A job of the settings may outlive its workspace, and any job is still there while its workspace is being deleted. */
  hasWorkspace(job: CronJob): Promise<boolean>;
  /** Sends the answer of a job to the chat that it wants it in, if any. Throws what kept it from that. */
  send(job: CronJob, text: string): Promise<void>;
  /** Why the webhook that a job names is not told of its end; null when it is, and where there is none. */
  obstacle(job: CronJob): string | null;
  /** Called when the one fire of a job that is then to go has ended. */
  onDone(job: CronJob): Promise<void>;
  now: () => number;
  log: Logger;
}

/** A fire that is later than this was missed: the gateway was down, or the machine asleep. */
const lateMs = 60_000;

/** How long until something is tried again that went wrong here. */
const retryMs = 5_000;

/** How long at most until the clocks are looked at again: another instance may have set one, and the machine's own may have been set. */
const longestWaitMs = 60_000;

/** The end of a fire that an earlier process left running. */
const cutOff = { status: "failed", error: "The gateway was stopped in the middle of the run.", messageId: null, isCutOff: true } as const;

/** The most runs of a job that allows several. */
const mostRunning = 10;

export function createScheduler({ fires, findJob, settingsIds, begin, hasWorkspace, send, obstacle, onDone, now, log }: SchedulerOptions): Scheduler {
  let timer: NodeJS.Timeout | undefined;
  /** From the start to the stop. */
  let isWatching = false;
  /** One look after the other: the timer is set by what the last of them saw. */
  let looking = Promise.resolve();
  const underWay = new Set<Promise<void>>();

  return {
    async start() {
      const left = await fires.leftRunning();
      for (const { sessionId, ...fire } of left) await end(fire, await findJob(fire.jobId), { ...cutOff, runId: fire.runId, sessionId });
      if (left.length > 0) log.warn({ fires: left.length }, "cron jobs were cut off by the last stop, and their runs are marked failed");
      isWatching = true;
      lookIn(0);
    },
    wake: () => lookIn(0),
    async runNow(job) {
      const fire = newFire(job, null);
      const outcome = await fires.claim(claimOf(job, fire), null);
      return outcome === "claimed" ? startTurn(job, fire) : undefined;
    },
    async stop() {
      isWatching = false;
      clearTimeout(timer);
      await looking;
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };

  function lookIn(delayMs: number): void {
    if (!isWatching) return;
    clearTimeout(timer);
    timer = setTimeout(
      () => {
        looking = looking.then(look);
      },
      Math.min(Math.max(delayMs, 0), longestWaitMs),
    );
    timer.unref();
  }

  async function look(): Promise<void> {
    try {
      let hasFailed = false;
      for (const { jobId, nextAt } of await fires.due(now(), settingsIds())) {
        if (!isWatching) return;
        // What is wrong with one job holds no other up.
        await fireByClock(jobId, nextAt).catch((cause: unknown) => {
          hasFailed = true;
          log.error({ jobId, err: cause }, "a cron job could not be fired");
        });
      }
      const next = await fires.nextDue(settingsIds());
      if (hasFailed) lookIn(retryMs);
      else lookIn(next === null ? longestWaitMs : next - now());
    } catch (cause) {
      log.error({ err: cause }, "the clocks of cron jobs could not be read");
      lookIn(retryMs);
    }
  }

  async function fireByClock(jobId: string, nextAt: number): Promise<void> {
    const job = await findJob(jobId);
    if (!job) return;
    const time = now();
    const following = fireAfter(job.timing, nextAt, time);
    const isWorkspaceThere = await hasWorkspace(job);
    if (!isWorkspaceThere || (time - nextAt > lateMs && job.catchUp === "none")) {
      await fires.pass(job.id, nextAt, following);
      log.info({ jobId: job.id, scheduledFor: new Date(nextAt).toISOString() }, isWorkspaceThere ? "a cron job missed its time" : "a cron job has no workspace any more");
      return;
    }
    const fire = newFire(job, nextAt);
    const outcome = await fires.claim(claimOf(job, fire), { nextAt, following });
    if (outcome === "busy") log.info({ jobId: job.id }, "a cron job was still running and is skipped");
    // What goes wrong is in the history by now.
    if (outcome === "claimed") track(startTurn(job, fire).then(() => {}, () => {}));
  }

  function newFire(job: CronJob, scheduledFor: number | null): CronFire {
    return { id: newId("fire"), jobId: job.id, workspaceId: job.workspaceId, scheduledFor, status: "running", runId: null, error: null, startedAt: now(), finishedAt: null };
  }

  /** Resolves once the run has begun; what comes of it is noted later. */
  async function startTurn(job: CronJob, fire: CronFire): Promise<Run> {
    let run: Run;
    try {
      run = await begin(job);
    } catch (thrown) {
      const error = GatewayError.from(thrown);
      log.warn({ jobId: job.id, fireId: fire.id, code: error.code, err: error.cause }, `a cron job could not begin: ${error.message}`);
      await end(fire, job, { status: "failed", error: error.message, runId: null, sessionId: null, messageId: null, isCutOff: false });
      throw error;
    }
    track(follow(job, fire, run));
    await fires.begun(fire.id, run.id).catch((cause: unknown) => log.error({ jobId: job.id, fireId: fire.id, err: cause }, "the run of a cron job could not be noted"));
    return run;
  }

  async function follow(job: CronJob, fire: CronFire, run: Run): Promise<void> {
    if (!isWatching) run.abort(new GatewayError("service_unavailable", "The gateway is stopping.", { retryAfterSeconds: 5 }));
    let isOverdue = false;
    const overdue = setTimeout(() => {
      isOverdue = true;
      run.abort(new GatewayError("timeout", `The job took longer than ${job.timeoutMs} ms.`));
    }, Math.max(0, fire.startedAt + job.timeoutMs - now()));
    overdue.unref();
    await run.settled;
    clearTimeout(overdue);
    const isAnswered = run.status === "completed";
    const error = isAnswered ? await sendAnswer(job, fire, run.content) : (run.failure?.message ?? null);
    // It is settled.
    const status = isOverdue && run.status === "failed" ? "timeout" : (run.status as EndStatus);
    await end(fire, job, { status, error, runId: run.id, sessionId: run.identity.sessionId, messageId: isAnswered ? run.messageId : null, isCutOff: false });
  }

  /** What kept the answer from being sent; null when nothing did. */
  async function sendAnswer(job: CronJob, fire: CronFire, text: string): Promise<string | null> {
    if (text.trim() === "") return null;
    try {
      await send(job, text);
      return null;
    } catch (thrown) {
      const error = GatewayError.from(thrown);
      log.warn({ jobId: job.id, fireId: fire.id, code: error.code, err: error.cause }, `the answer of a cron job could not be sent: ${error.message}`);
      return `The answer could not be sent: ${error.message}`;
    }
  }

  /** Without a job when that is gone from the settings. */
  async function end(fire: CronFire, job: CronJob | undefined, { error: failure, ...outcome }: Omit<FireEnd, "finishedAt" | "deliverTo">): Promise<void> {
    try {
      const unsent = job ? obstacle(job) : null;
      if (unsent !== null) log.warn({ jobId: fire.jobId, fireId: fire.id }, `what came of a cron job could not be sent: ${unsent}`);
      const error = [failure, unsent && `What came of it could not be sent: ${unsent}`].filter((text) => text !== null).join(" ") || null;
      await fires.ended(fire, { ...outcome, error, finishedAt: now(), deliverTo: job && unsent === null ? webhookOf(job) : null });
      if (job?.deleteAfterRun && fire.scheduledFor !== null && !outcome.isCutOff) await onDone(job);
    } catch (cause) {
      log.error({ jobId: fire.jobId, fireId: fire.id, err: cause }, "the end of a cron job could not be stored");
    }
  }

  function track(work: Promise<void>): void {
    underWay.add(work);
    void work.finally(() => underWay.delete(work));
  }
}

function claimOf({ overlap, timeoutMs }: CronJob, fire: CronFire): Claim {
  return { fire, mostRunning: overlap === "skip" ? 1 : mostRunning, runningSince: fire.startedAt - timeoutMs - lateMs };
}
