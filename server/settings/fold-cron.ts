import { checkAgent } from "./fold-agents.ts";
import type { Folding } from "./folding.ts";
import type { AgentsSettings, CronJobSettings } from "./settings.ts";

/** The jobs. Whether a schedule means anything is for the scheduler to say; here it is seen that it can be one. */
export function foldCron({ file, fault }: Folding, agents: AgentsSettings): CronJobSettings[] {
  const ids = new Set<string>();
  return (file.cron?.jobs ?? []).map(({ id, schedule, timezone = "UTC", agent, message, enabled = true, deliver }, index) => {
    const pointer = `/cron/jobs/${index}`;
    if (ids.has(id)) fault(`${pointer}/id`, "is the id of another job of the list.");
    ids.add(id);
    if (!/^(@\w+|\S+(\s+\S+){4,5})$/.test(schedule.trim())) fault(`${pointer}/schedule`, "must have five fields (minute, hour, day, month, day of week), or six with seconds before them.");
    if (!isTimezone(timezone)) fault(`${pointer}/timezone`, "must be a time zone's IANA name, such as Europe/Berlin.");
    if (agent !== undefined) checkAgent(agent, `${pointer}/agent`, agents.list, fault);
    return { id, schedule, timezone, agent: agent ?? null, message, enabled, deliver: deliver ?? null };
  });
}

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
