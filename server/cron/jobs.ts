import type { Logger } from "pino";
import { maySee, type Principal } from "../keys/principal.ts";
import type { CronJobSettings } from "../settings/settings.ts";
import { type CronJob, settingsPrincipal, type TimedJob } from "./job.ts";
import { firstFire } from "./schedule.ts";
import type { ClockSetting, CronStore } from "./store.ts";

/** The jobs of the settings and of the database as one. A job of the settings hides a stored one of its id. */
export interface CronJobs {
  /** Takes the jobs of the settings, in the place of those before. Sets the clocks that are missing, or of another timing. */
  use(settings: readonly CronJobSettings[]): Promise<void>;
  /** The ids of those of the settings. */
  settingsIds(): readonly string[];
  find(id: string): Promise<CronJob | undefined>;
  /** Those behind `after` that the key may see, in the order of their ids; one more than `limit`, when there are so many. */
  list(principal: Principal, page: { after: string; limit: number }): Promise<CronJob[]>;
  timed(jobs: readonly CronJob[]): Promise<TimedJob[]>;
}

export function createCronJobs({ store, now, log }: { store: CronStore; now: () => number; log: Logger }): CronJobs {
  let ofSettings = new Map<string, CronJob>();

  /** Time zones come and go with the system: a stored job whose own is unknown here is no reason not to start. */
  function clockOrNone(job: CronJob, time: number): ClockSetting[] {
    try {
      return [clockOf(job, time)];
    } catch (cause) {
      log.error({ jobId: job.id, err: cause }, "the clock of a cron job cannot be set");
      return [];
    }
  }

  return {
    async use(settings) {
      ofSettings = new Map(settings.map((job) => [job.id, fromSettings(job)]));
      const jobs = [...ofSettings.values(), ...(await store.all()).filter(({ id }) => !ofSettings.has(id))];
      const clocks = await store.clocks(jobs.map(({ id }) => id));
      const time = now();
      const unset = jobs.filter((job) => clocks.get(job.id)?.timing !== timingText(job));
      await store.setClocks(unset.flatMap((job) => clockOrNone(job, time)));
    },
    settingsIds: () => [...ofSettings.keys()],
    find: async (id) => ofSettings.get(id) ?? store.find(id),
    async list(principal, { after, limit }) {
      // Those that are hidden are few: asking for as many more fills the page all the same.
      const stored = await store.list({ workspaces: principal.workspaces, after, limit: limit + 1 + ofSettings.size });
      const jobs = [...ofSettings.values()].filter((job) => job.id > after && maySee(principal, job.workspaceId));
      return [...jobs, ...stored.filter(({ id }) => !ofSettings.has(id))].sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, limit + 1);
    },
    async timed(jobs) {
      const clocks = await store.clocks(jobs.map(({ id }) => id));
      return jobs.map((job) => {
        const { nextAt: nextRunAt = null, lastRunAt = null, lastStatus = null } = clocks.get(job.id) ?? {};
        return { ...job, nextRunAt, lastRunAt, lastStatus };
      });
    },
  };
}

/** The clock of a job that is made, or whose timing is changed, at `now`. */
export function clockOf(job: CronJob, now: number): ClockSetting {
  return { jobId: job.id, timing: timingText(job), nextAt: job.enabled ? firstFire(job.timing, now) : null };
}

/** What a clock depends on. */
export function timingText({ timing, enabled }: Pick<CronJob, "timing" | "enabled">): string {
  return JSON.stringify({ ...timing, enabled });
}

function fromSettings({ id, workspace, timing, agent, message, sessionId, catchUp, overlap, timeoutMs, enabled, deliver }: CronJobSettings): CronJob {
  return {
    id,
    source: "settings",
    workspaceId: workspace,
    timing,
    agentId: agent,
    message,
    sessionId,
    catchUp,
    overlap,
    timeoutMs,
    deliver,
    deleteAfterRun: false,
    enabled,
    principal: settingsPrincipal(workspace),
    createdAt: null,
    updatedAt: null,
  };
}
