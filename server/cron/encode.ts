import type { components } from "../../generated/server/contract.ts";
import { instant } from "../sessions/encode.ts";
import type { CronFire, TimedJob } from "./job.ts";

type Schemas = components["schemas"];

export function encodeJob({ timing, workspaceId, agentId, principal: _, ...job }: TimedJob): Schemas["CronJob"] {
  return {
    ...job,
    schedule: timing.kind === "schedule" ? timing.schedule : null,
    at: timing.kind === "at" ? instant(timing.at) : null,
    everyMs: timing.kind === "every" ? timing.everyMs : null,
    timezone: timing.kind === "schedule" ? timing.timezone : "UTC",
    workspace: workspaceId,
    agent: agentId,
    nextRunAt: instantOrNull(job.nextRunAt),
    lastRunAt: instantOrNull(job.lastRunAt),
    createdAt: instantOrNull(job.createdAt),
    updatedAt: instantOrNull(job.updatedAt),
  };
}

export function encodeFire({ workspaceId: _, ...fire }: CronFire): Schemas["CronFire"] {
  return { ...fire, scheduledFor: instantOrNull(fire.scheduledFor), startedAt: instant(fire.startedAt), finishedAt: instantOrNull(fire.finishedAt) };
}

const instantOrNull = (epochMs: number | null) => (epochMs === null ? null : instant(epochMs));
