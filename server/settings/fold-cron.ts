import type { CronJob } from "../../generated/server/settings.ts";
import { defaultCatchUp, defaultTimeoutMs, ownSession } from "../cron/job.ts";
import { readTiming } from "../cron/read-timing.ts";
import type { Timing } from "../cron/schedule.ts";
import { checkAgent } from "./fold-agents.ts";
import type { Folding } from "./folding.ts";
import { parseMoment } from "./moment.ts";
import type { AgentsSettings, CronJobSettings } from "./settings.ts";

/** The jobs. */
export function foldCron({ file, fault }: Folding, agents: AgentsSettings): CronJobSettings[] {
  const ids = new Set<string>();
  return (file.cron?.jobs ?? []).map((job, index) => {
    const { id, agent, message, workspace = "default", sessionId = ownSession(id), overlap = "skip", timeoutMs = defaultTimeoutMs, enabled = true, deliver } = job;
    const pointer = `/cron/jobs/${index}`;
    if (ids.has(id)) fault(`${pointer}/id`, "is the id of another job of the list.");
    ids.add(id);
    if (id.length > 100) fault(`${pointer}/id`, "must have 100 characters at the most.");
    if (agent !== undefined) checkAgent(agent, `${pointer}/agent`, agents.list, fault);
    const timing = timingOf(job, (field, text) => fault(`${pointer}/${field}`, `${text}.`));
    const catchUp = job.catchUp ?? defaultCatchUp(timing);
    return { id, timing, workspace, agent: agent ?? null, message, sessionId, catchUp, overlap, timeoutMs, enabled, deliver: deliver ?? null };
  });
}

/** Nobody sees what stands in the place of a timing that is none: the settings are refused. */
function timingOf({ at, ...written }: CronJob, fault: (field: string, message: string) => void): Timing {
  const moment = at === undefined ? undefined : parseMoment(at);
  if (at !== undefined && moment === undefined) fault("at", "must be a date and time such as 2027-01-31T12:00:00Z");
  return readTiming({ ...written, at: at === undefined ? undefined : (moment ?? 0) }, null, fault) ?? { kind: "at", at: 0 };
}
