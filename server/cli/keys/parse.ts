import { dayMs } from "../../durations.ts";
import { GatewayError } from "../../errors.ts";
import { parseMoment } from "../../settings/moment.ts";

// Values of options. Each throws `bad_request` with what the option takes.

export function parseText(text: string | undefined, option: string): string {
  const trimmed = text?.trim() ?? "";
  if (trimmed === "" || trimmed.length > 256 || /\p{Cc}/u.test(trimmed)) throw refused(`${option} says what the key is for, in one line of at most 256 characters.`);
  return trimmed;
}

/** Names with commas between them, each of them one of the known ones. */
export function parseNames(text: string | undefined, option: string, what = "", known?: readonly string[]): string[] {
  const names = [...new Set((text ?? "").split(",").map((name) => name.trim()).filter((name) => name !== ""))];
  const listed = known ? ` The ${what}s are ${known.join(", ")}.` : "";
  if (names.length === 0) throw refused(`${option} takes one name or more, with commas between them.${listed}`);
  const unknown = names.filter((name) => known?.includes(name) === false);
  if (unknown.length > 0) throw refused(`There is no ${what} ${unknown.map((name) => `\`${name}\``).join(", ")}.${listed}`);
  return names;
}

export function parseAmount(text: string, option: string, most: number): number {
  const amount = Number(text);
  if (!/^[1-9]\d*$/.test(text) || amount > most) throw refused(`${option} takes a whole number from 1 to ${most}.`);
  return amount;
}

/** Milliseconds of `90s`, `30m`, `24h`, `7d`. */
export function parseDuration(text: string, option: string, mostMs: number): number {
  const ms = durationMs(text);
  if (ms === undefined || ms > mostMs) throw refused(`${option} takes a time such as 30m, 24h or 7d, at most ${mostMs / dayMs}d.`);
  return ms;
}

/** Epoch milliseconds of a date, a date and time, or a time from now. */
export function parseExpiry(text: string, option: string, now: number): number {
  const duration = durationMs(text);
  const moment = duration === undefined ? parseMoment(text) : now + duration;
  if (moment === undefined || moment > latest) throw refused(`${option} takes a date such as 2027-01-31, a date and time such as 2027-01-31T12:00:00Z, or a time from now such as 90d.`);
  return moment;
}

/** The last moment that RFC 3339 can write. */
const latest = Date.parse("9999-12-31T23:59:59.999Z");

const unitsMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: dayMs };

function durationMs(text: string): number | undefined {
  const match = /^(\d{1,9})([smhd])$/.exec(text);
  return match ? Number(match[1]) * unitsMs[match[2]!]! : undefined;
}

function refused(message: string): GatewayError {
  return new GatewayError("bad_request", message);
}
