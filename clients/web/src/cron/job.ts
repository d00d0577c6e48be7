import type { Schemas } from "../../../typescript/sdk/src/index.ts";
import { duration } from "../parts/amounts.ts";

export type Job = Schemas["CronJob"];
export type Fire = Schemas["CronFire"];

/** When a job runs, in words. */
export function timingOf({ schedule, at, everyMs, timezone }: Job): string {
  if (schedule !== null) return `${schedule} (${timezone})`;
  if (everyMs !== null) return `every ${duration(everyMs)}`;
  return `once, ${new Date(at!).toLocaleString("en", { dateStyle: "medium", timeStyle: "short" })}`;
}

/** How what came of a fire is coloured. */
export function toneOf(status: Fire["status"]): string {
  if (status === "completed") return "good";
  return status === "failed" || status === "timeout" ? "bad" : "";
}
