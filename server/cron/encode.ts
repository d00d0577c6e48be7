import type { components } from "../../generated/server/contract.ts";
import { instant, instantOrNull } from "../http/encode.ts";
import type { CronFire, TimedJob } from "./job.ts";

type Schemas = components["schemas"];

export function encodeJob(job: TimedJob): Schemas["CronJob"] {
  const { timing } = job;
  return {
    id: job.id,
    source: job.source,
    schedule: timing.kind === "schedule" ? timing.schedule : null,
    at: timing.kind === "at" ? instant(timing.at) : null,
    everyMs: timing.kind === "every" ? timing.everyMs : null,
    timezone: timing.kind === "schedule" ? timing.timezone : "UTC",
    workspace: job.workspaceId,
    agent: job.agentId,
    message: job.message,
    sessionId: job.sessionId,
    catchUp: job.catchUp,
    overlap: job.overlap,
    timeoutMs: job.timeoutMs,
    deliver: job.deliver as Schemas["CronJob"]["deliver"],
    deleteAfterRun: job.deleteAfterRun,
    enabled: job.enabled,
    nextRunAt: instantOrNull(job.nextRunAt),
    lastRunAt: instantOrNull(job.lastRunAt),
    lastStatus: job.lastStatus,
    createdAt: instantOrNull(job.createdAt),
    updatedAt: instantOrNull(job.updatedAt),
  };
}

export function encodeFire({ id, jobId, scheduledFor, status, runId, error, startedAt, finishedAt }: CronFire): Schemas["CronFire"] {
  return { id, jobId, scheduledFor: instantOrNull(scheduledFor), status, runId, error, startedAt: instant(startedAt), finishedAt: instantOrNull(finishedAt) };
}
