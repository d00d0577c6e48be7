import { Cron } from "croner";

/** When a job fires; one of three. */
export type Timing =
  /** A cron expression of five fields, or six that begin with seconds, in a time zone (IANA name). */
  | { readonly kind: "schedule"; readonly schedule: string; readonly timezone: string }
  /** Once; epoch milliseconds. */
  | { readonly kind: "at"; readonly at: number }
  | { readonly kind: "every"; readonly everyMs: number };

/** What is wrong with a cron expression or its time zone; undefined when it will fire. */
export function scheduleFault(schedule: string, timezone: string): { field: "schedule" | "timezone"; message: string } | undefined {
  if (!isTimezone(timezone)) return { field: "timezone", message: "must be a time zone's IANA name, such as Europe/Berlin" };
  // Croner also takes a date, and a seventh field for years, after which a job would be silent.
  if (!/^(@\w+|\S+(\s+\S+){4,5})$/.test(schedule.trim())) return { field: "schedule", message: "must have five fields (minute, hour, day, month, day of week), or six with seconds before them" };
  try {
    if (next({ schedule, timezone }, Date.now()) !== null) return undefined;
    return { field: "schedule", message: "never fires: there is no such day" };
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message.replace(/^CronPattern: /, "") : "unreadable";
    return { field: "schedule", message: `is no cron expression: ${reason}` };
  }
}

/** The first fire of a job that is made or changed at `now`; null for a moment that has passed. */
export function firstFire(timing: Timing, now: number): number | null {
  return timing.kind === "at" && timing.at > now ? timing.at : fireAfter(timing, now, now);
}

/** The fire after `now`, when the last one was due at `last`; null when there is none any more. */
export function fireAfter(timing: Timing, last: number, now: number): number | null {
  switch (timing.kind) {
    case "schedule":
      return next(timing, now);
    case "at":
      return null;
    case "every":
      // In step with the fires before, whatever was missed.
      return last + (Math.floor((now - last) / timing.everyMs) + 1) * timing.everyMs;
  }
}

/**
 * Where the clocks change, a job of fixed times fires at the first moment after a time that does not exist, and once at a
 * time that comes twice; one with a `*` or a step in its hours, minutes or seconds goes on in even steps (as Vixie cron does).
 */
function next({ schedule, timezone }: { schedule: string; timezone: string }, after: number): number | null {
  const cron = new Cron(schedule.trim(), { timezone, mode: "5-or-6-parts", fixedTimeRule: "no-wildcard", paused: true });
  return cron.nextRun(new Date(after))?.getTime() ?? null;
}

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
