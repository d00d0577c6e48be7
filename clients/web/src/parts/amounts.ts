const whole = new Intl.NumberFormat("en");
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const days = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", timeZone: "UTC" });

/** `1,234`. */
export const count = (value: number): string => whole.format(value);

/** `1 user`, `1,234 users`. */
export const counted = (value: number, one: string, many = `${one}s`): string => `${whole.format(value)} ${value === 1 ? one : many}`;

/** `1.2K`, for where there is little room. */
export const roughly = (value: number): string => compact.format(value);

/** Dollars to the cent; less than ten of them more finely, so that little is not nothing. */
export function dollars(value: number): string {
  const digits = value === 0 || value >= 10 ? 2 : 4;
  return `$${value.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: digits })}`;
}

/** `840 ms`, `2.3 s`, `4 min`, `3 h`, `2 days`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 90) return `${seconds.toFixed(seconds < 10 ? 1 : 0).replace(/\.0$/, "")} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 129_600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/** `2 Apr`, of a date such as `2026-04-02`. */
export const shortDay = (date: string): string => days.format(new Date(`${date}T00:00:00Z`));
