import { GatewayError } from "../errors.ts";

/** What a client wants of the mock. */
export interface Preferences {
  /** The status of the answer. */
  code?: number;
  /** The name of the answer's example. */
  example?: string;
  /** Milliseconds before the answer begins. */
  delay?: number;
  /** Events, or bytes of any other body, after which the connection is cut. */
  "cut-after"?: number;
  /** Milliseconds between two events. */
  rate?: number;
  /** How many pages a list has, each the example's. */
  pages?: number;
  /** Seconds that an error's `Retry-After` says. */
  "retry-after"?: number;
  /** How often `code`, `delay` and `cut-after` hold; then comes one answer without them. */
  times?: number;
}

const tenMinutesMs = 600_000;

/** Whole numbers, and the most each may be. */
const numbers = { code: 599, delay: tenMinutesMs, "cut-after": Number.MAX_SAFE_INTEGER, rate: tenMinutesMs, pages: 10_000, "retry-after": 86_400, times: 1_000_000 } as const;

const onePreference = /\s*([!#$%&'*+.^`|~\w-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,;"]*)))?\s*(?:[,;]|$)/gy;

/**
 * Reads the preferences that the mock has from a `Prefer` header (RFC 7240), and from the query, where each is preceded by two
 * underscores (`?__delay=500`): an `EventSource` sends no headers. Others are passed over; the first of two counts.
 * Throws `bad_request` on one of the mock's whose value makes no sense.
 */
export function readPreferences(header: string | undefined, query: Record<string, unknown>): Preferences {
  const found: Preferences = {};
  for (const [, name = "", quoted, plain] of (header ?? "").matchAll(onePreference)) take(found, name.toLowerCase(), quoted?.replaceAll(/\\(.)/g, "$1") ?? plain ?? "");
  for (const [name, value] of Object.entries(query)) if (name.startsWith("__")) take(found, name.slice(2), String(value));
  return found;
}

function take(found: Preferences, name: string, value: string): void {
  if (name === "example") found.example ??= value;
  else if (Object.hasOwn(numbers, name)) found[name as keyof typeof numbers] ??= toNumber(name as keyof typeof numbers, value);
}

function toNumber(name: keyof typeof numbers, value: string): number {
  const number = Number(value);
  if (/^\d+$/.test(value) && number <= numbers[name]) return number;
  throw new GatewayError("bad_request", `\`Prefer: ${name}\` takes a whole number up to ${numbers[name]}, such as \`${name}=${name === "code" ? 503 : 1}\`.`);
}
