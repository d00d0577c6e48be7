import pino, { type DestinationStream, type Logger } from "pino";
import type { LogStore } from "./logs/log-store.ts";
import { type SecretMask, withoutQuotedJson } from "./secrets.ts";

export interface LogOptions {
  level: string;
  /** Every line goes through it. */
  mask: SecretMask;
}

/**
 * Logs to standard output, asynchronously and within a quarter of a second: JSON lines, or for people on a terminal. And to a
 * store, where the lines can be read again.
 */
export async function createLog({ store, ...options }: LogOptions & { store: LogStore }): Promise<Logger> {
  const shown = await standardOutput();
  return createLogTo(
    {
      write(line: string) {
        shown.write(line);
        store.write(line);
      },
      async flush(done: () => void) {
        await Promise.all([store.flush(), new Promise<void>((resolve) => (shown.flush ? shown.flush(resolve) : resolve()))]);
        done();
      },
    } as DestinationStream,
    options,
  );
}

async function standardOutput(): Promise<DestinationStream & { flush?: (done: () => void) => void }> {
  if (!process.stdout.isTTY) return pino.destination({ dest: 1, sync: false, minLength: 4096, periodicFlush: 250 });
  const { default: pretty } = await import("pino-pretty");
  return pretty({ colorize: true, translateTime: "SYS:HH:MM:ss", ignore: "pid,hostname", singleLine: true });
}

export function createLogTo(destination: DestinationStream, { level, mask }: LogOptions): Logger {
  return pino({ level, base: null, serializers: { err: describeError }, hooks: { streamWrite: (line) => mask.hide(line) } }, destination);
}

/**
 * An error as the log has it: what it is, what it says, where it happened, and why. Nothing else that hangs on it: undici's
 * errors carry headers and bodies, those of `node:http` the raw request.
 */
function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return typeof error === "object" && error !== null ? Object.prototype.toString.call(error) : error;
  const described: Record<string, unknown> = { type: error.name, message: messageOf(error), stack: error.stack && quotingNone(error, error.stack) };
  if ("code" in error && typeof error.code === "string") described["code"] = error.code;
  // A cause may be its own.
  if (depth === mostCauses) return described;
  if (error.cause !== undefined) described["cause"] = describeError(error.cause, depth + 1);
  if (error instanceof AggregateError) described["errors"] = error.errors.slice(0, mostCauses).map((inner) => describeError(inner, depth + 1));
  return described;
}

const mostCauses = 5;

/** What an error says, as the log may have it. */
export function messageOf(error: Error): string {
  return quotingNone(error, error.message);
}

function quotingNone(error: Error, text: string): string {
  return error instanceof SyntaxError ? withoutQuotedJson(text) : text;
}
