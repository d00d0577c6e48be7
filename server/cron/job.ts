import type { Principal } from "../keys/principal.ts";
import type { Timing } from "./schedule.ts";

/** A chat of a channel, or a webhook by its id. */
export type Delivery = { readonly channel: string; readonly to: string } | { readonly webhook: string };

/** A message that an agent gets by the clock. */
export interface CronJob {
  readonly id: string;
  readonly source: "stored" | "settings";
  readonly workspaceId: string;
  readonly timing: Timing;
  /** Null: the workspace's. */
  readonly agentId: string | null;
  readonly message: string;
  /** Null: a new one each time. */
  readonly sessionId: string | null;
  readonly catchUp: "none" | "once";
  readonly overlap: "skip" | "allow";
  readonly timeoutMs: number;
  /** Where its answers go, besides into the session. */
  readonly deliver: Delivery | null;
  readonly deleteAfterRun: boolean;
  readonly enabled: boolean;
  /** With whose rights it runs: those of the key that made it or changed it last, in the job's workspace only. */
  readonly principal: Principal;
  /** Null for a job of the settings. */
  readonly createdAt: number | null;
  readonly updatedAt: number | null;
}

/** A job, and what the clock says of it. */
export interface TimedJob extends CronJob {
  readonly nextRunAt: number | null;
  readonly lastRunAt: number | null;
  readonly lastStatus: FireStatus | null;
}

/** What a fire that ran comes to. */
export type EndStatus = Exclude<FireStatus, "running" | "skipped">;

export type FireStatus = "running" | "completed" | "failed" | "cancelled" | "timeout" | "skipped";

/** A fire of a job, and what came of it. */
export interface CronFire {
  readonly id: string;
  readonly jobId: string;
  readonly workspaceId: string;
  /** The time of the clock that it was for; null when it was run by hand. */
  readonly scheduledFor: number | null;
  readonly status: FireStatus;
  /** Null when no run began. */
  readonly runId: string | null;
  readonly error: string | null;
  readonly startedAt: number;
  readonly finishedAt: number | null;
}

export const defaultTimeoutMs = 600_000;

/** The webhook that is told of each of a job's ends; null for none. */
export const webhookOf = ({ deliver }: Pick<CronJob, "deliver">): string | null => (deliver && "webhook" in deliver ? deliver.webhook : null);

/** The session of a job that names none. */
export const ownSession = (jobId: string): string => `cron_${jobId}`;

/** Who missed his only time wants it all the same; who missed one of many waits for the next. */
export const defaultCatchUp = ({ kind }: Timing): CronJob["catchUp"] => (kind === "at" ? "once" : "none");

/** A key's rights as a job gets them: those in one workspace. The tokens that the job takes count as the key's. */
export function jobPrincipal(author: Principal, workspaceId: string): Principal {
  return { ...author, workspaces: [workspaceId] };
}

/** The rights of a job of the settings: everything, in its workspace. */
export function settingsPrincipal(workspaceId: string): Principal {
  return { keyId: "cron", label: "Cron jobs of the settings", edition: "workspaces", permissions: "*", workspaces: [workspaceId], tools: null, denyTools: null, isOwner: false, rateLimitPerMinute: null, maxTokensPerDay: null };
}
