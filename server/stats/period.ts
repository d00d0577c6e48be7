import { dayMs } from "../durations.ts";
import { badRequest } from "../http/validate.ts";

/** Days counted from 1970 (UTC); both are part of it. */
export interface Period {
  from: number;
  to: number;
}

const longestDays = 366;
const usualDays = 30;

/** The period of a request, as its query has it. Throws `bad_request` with all that is wrong. */
export function periodOf(query: { from?: string | undefined; to?: string | undefined }, now: number): Period {
  const [first, last] = [dayOf(query.from), dayOf(query.to)];
  const wrong = [...(first === null ? ["from"] : []), ...(last === null ? ["to"] : [])];
  if (first === null || last === null) throw badRequest(wrong.map((name) => ({ path: `/query/${name}`, message: "is no day of the calendar" })));
  // A period that begins in the future, and says no end, is that day.
  const to = last ?? Math.max(Math.floor(now / dayMs), first ?? 0);
  const from = first ?? to - usualDays + 1;
  if (to < from) throw badRequest([{ path: "/query/to", message: "must not be before `from`" }]);
  if (to - from >= longestDays) throw badRequest([{ path: "/query/from", message: `must not be more than ${longestDays} days before the end of ${textOf(to)}` }]);
  return { from, to };
}

/** `2026-04-30` */
export const textOf = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10);

/** Null when there is no such day; the contract checks the form. */
function dayOf(text: string | undefined): number | undefined | null {
  if (text === undefined) return undefined;
  const day = Date.parse(`${text}T00:00:00Z`) / dayMs;
  // Some calendars go on: the 30th of February is their 2nd of March.
  return !Number.isNaN(day) && textOf(day) === text ? day : null;
}
