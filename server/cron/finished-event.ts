import type { NewEvent } from "../events/event.ts";
import type { FireEnd } from "./fire-store.ts";
import type { CronFire } from "./job.ts";

/** What the log is told when a fire ends. The answer's text is found with its message. */
export function finishedEvent({ jobId, workspaceId, scheduledFor }: CronFire, { status, error, finishedAt: at, runId, sessionId, messageId, deliverTo }: FireEnd): NewEvent {
  const data = { jobId, runId, status, error, scheduledFor: scheduledFor === null ? null : new Date(scheduledFor).toISOString() };
  return { type: "cron.finished", at, workspaceId, sessionId, messageId, deliverTo, data };
}
