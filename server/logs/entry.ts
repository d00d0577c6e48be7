import { levels } from "pino";
import type { LogLine } from "./log-store.ts";

/** How important a line is, the least first. */
export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal";

/** One line of the gateway's log, read. */
export interface GatewayLogEntry {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly level: LogLevel;
  readonly message: string;
  /** What else it has. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface EntryFilter {
  /** At least as important as this. */
  level?: LogLevel | undefined;
  /** From this moment on, in epoch milliseconds. */
  since?: number | undefined;
  /** Before this moment. */
  until?: number | undefined;
  /** Words that are all in the message or a field, in any case. */
  q?: string | undefined;
  keyId?: string | undefined;
  operation?: string | undefined;
  status?: number | undefined;
}

/** Null for a line that was cut, or is none of ours. */
export function readEntry({ id, text }: LogLine): GatewayLogEntry | null {
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof line !== "object" || line === null) return null;
  const { level, time, msg = "", ...fields } = line as Record<string, unknown>;
  const name = levels.labels[Number(level)];
  if (name === undefined || typeof time !== "number" || typeof msg !== "string" || Number.isNaN(new Date(time).getTime())) return null;
  return { id, at: time, level: name as LogLevel, message: msg, fields };
}

/** Whether an entry is wanted; the filter is read once, and not once an entry. */
export function entryTest({ level, since, until, q = "", keyId, operation, status }: EntryFilter): (entry: GatewayLogEntry) => boolean {
  const least = level === undefined ? 0 : levels.values[level]!;
  const words = q.toLowerCase().split(/\s+/).filter((word) => word !== "");
  return (entry) =>
    levels.values[entry.level]! >= least &&
    (since === undefined || entry.at >= since) &&
    (until === undefined || entry.at < until) &&
    (keyId === undefined || entry.fields["keyId"] === keyId) &&
    (operation === undefined || entry.fields["operation"] === operation) &&
    (status === undefined || entry.fields["status"] === status) &&
    (words.length === 0 || hasAll(words, entry));
}

function hasAll(words: readonly string[], { message, fields }: GatewayLogEntry): boolean {
  const text = textOf([message, fields]).toLowerCase();
  return words.every((word) => text.includes(word));
}

/** The values, without their names. */
function textOf(value: unknown): string {
  return typeof value === "object" && value !== null ? Object.values(value).map(textOf).join("\n") : String(value);
}
