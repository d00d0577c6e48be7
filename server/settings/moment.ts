/** Epoch milliseconds of a date (its first moment, UTC) or of a date and time of RFC 3339. Undefined for what is neither, or no day of the calendar. */
export function parseMoment(text: string): number | undefined {
  const match = /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d:\d\d(?:\.\d+)?)([Zz]|[+-]\d\d:\d\d))?$/.exec(text);
  if (!match) return undefined;
  const [, date = "", time = "00:00:00", zone = "Z"] = match;
  const midnight = Date.parse(`${date}T00:00:00Z`);
  // JavaScript takes the 30th of February for the 2nd of March.
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(date)) return undefined;
  const moment = Date.parse(`${date}T${time}${zone.toUpperCase()}`);
  return Number.isNaN(moment) ? undefined : moment;
}
