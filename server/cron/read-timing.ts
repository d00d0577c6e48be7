import { scheduleFault, type Timing } from "./schedule.ts";

/** When a job is to fire, as a request or the settings say it. */
export interface WrittenTiming {
  schedule?: string | undefined;
  /** Epoch milliseconds. */
  at?: number | undefined;
  everyMs?: number | undefined;
  timezone?: string | undefined;
}

/**
 * The timing of a job; of one that is changed, with what it was before. Calls `fault` for what says nothing, too much, or
 * never fires; null when nothing is left.
 */
export function readTiming({ schedule, at, everyMs, timezone }: WrittenTiming, before: Timing | null, fault: (field: string, message: string) => void): Timing | null {
  const [, second] = Object.entries({ schedule, at, everyMs }).filter(([, value]) => value !== undefined);
  if (second) fault(second[0], "cannot be there as well: one of `schedule`, `at` and `everyMs` says when");
  const timing = timingNamed({ schedule, at, everyMs, timezone }, before);
  if (timing === null) fault("schedule", "is required, or `at`, or `everyMs`");
  if (timing?.kind === "schedule") {
    const wrong = scheduleFault(timing.schedule, timing.timezone);
    if (wrong) fault(wrong.field, wrong.message);
  } else if (timezone !== undefined) fault("timezone", "goes with `schedule`");
  return timing;
}

function timingNamed({ schedule, at, everyMs, timezone }: WrittenTiming, before: Timing | null): Timing | null {
  if (at !== undefined) return { kind: "at", at };
  if (everyMs !== undefined) return { kind: "every", everyMs };
  if (before?.kind === "schedule") return { kind: "schedule", schedule: schedule ?? before.schedule, timezone: timezone ?? before.timezone };
  return schedule === undefined ? before : { kind: "schedule", schedule, timezone: timezone ?? "UTC" };
}
