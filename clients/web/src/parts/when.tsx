// In numbers: 36 hours are two days by the calendar as often as one, so "tomorrow" would be wrong half of the time.
const relative = new Intl.RelativeTimeFormat("en", { numeric: "always" });
const absolute = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });
/** Their length, and how much there must be to be told in them. */
const units = [
  ["day", 86_400, 2 * 86_400],
  ["hour", 3600, 3600],
  ["minute", 60, 60],
] as const;

/** An instant of the API as people say it: `5 minutes ago`; past a month the date. The whole of it on hovering. */
export function When({ at }: { at: string }) {
  const date = new Date(at);
  return (
    <time dateTime={at} title={absolute.format(date)}>
      {textFor(date)}
    </time>
  );
}

function textFor(date: Date): string {
  const seconds = (date.getTime() - Date.now()) / 1000;
  if (Math.abs(seconds) > 30 * 86_400) return absolute.format(date);
  const unit = units.find(([, , least]) => Math.abs(seconds) >= least);
  return unit ? relative.format(Math.round(seconds / unit[1]), unit[0]) : seconds > 0 ? "in less than a minute" : "just now";
}
