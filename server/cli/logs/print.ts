import { styleText } from "node:util";
import type { Schemas } from "@openclaw/sdk";
import { printable } from "../printable.ts";

type Entry = Schemas["GatewayLogEntry"];

const colours = { trace: "dim", debug: "dim", info: "green", warn: "yellow", error: "red", fatal: "magenta" } as const;

/** One line for a person: when, how important, what, and whatever else it has, as `name=value`. An error without its stack, which `--json` has. */
export function lineOf({ at, level, message, requestId, keyId, operation, sessionId, runId, fields: { err, ...fields } }: Entry): string {
  const facts = Object.entries({ requestId, keyId, operation, sessionId, runId, ...fields, err: withoutStack(err) })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${typeof value === "string" && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value)}`);
  // No colours where it does not go to a terminal, or NO_COLOR says so.
  const shownLevel = styleText(colours[level], level.toUpperCase().padEnd(5), { stream: process.stdout });
  return `${at} ${shownLevel} ${printable([message, ...facts].join(" ").replaceAll(/\s+/g, " "))}`;
}

function withoutStack(error: unknown): unknown {
  const { type, message } = (error ?? {}) as { type?: unknown; message?: unknown };
  return typeof type === "string" && typeof message === "string" ? `${type}: ${message}` : error;
}
