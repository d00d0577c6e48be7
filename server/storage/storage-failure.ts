import { GatewayError } from "../errors.ts";

/**
 * What an error of the database means to a caller, as a value to throw. The one place where storage errors are
 * mapped; `sqlite-connection.ts` sends every statement's error through it.
 *
 * A taken id, and a reference to what is gone, become `conflict`; a store that cannot store right now (full disk, I/O error, locked, damaged, read-only)
 * becomes `service_unavailable`. Anything else is a fault of our own SQL and stays what it is, so that it ends as an
 * `internal_error` with its cause in the log.
 */
export function storageFailure(thrown: unknown): unknown {
  const code = primaryCode(thrown);
  if (code === undefined) return thrown;
  if (code === constraint) {
    const conflict = conflicts.get(extendedCode(thrown) ?? 0);
    return conflict === undefined ? thrown : new GatewayError("conflict", conflict, { cause: thrown });
  }
  const reason = unavailable.get(code);
  if (reason === undefined) return thrown;
  return new GatewayError("service_unavailable", `The gateway cannot use its database right now: ${reason}.`, {
    cause: thrown,
    retryAfterSeconds: 5,
  });
}

/** SQLite's primary result code (https://sqlite.org/rescode.html), or undefined where the error is not SQLite's. */
export function primaryCode(thrown: unknown): number | undefined {
  const code = extendedCode(thrown);
  return code === undefined ? undefined : code & 0xff;
}

function extendedCode(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !("errcode" in thrown)) return undefined;
  return typeof thrown.errcode === "number" ? thrown.errcode : undefined;
}

const constraint = 19;
const taken = "Something with this id exists already.";
const conflicts = new Map<number, string>([
  [787, "What this belongs to was deleted at the same moment."],
  [1555, taken],
  [2067, taken],
]);

/** Public reasons: they name no path. */
const unavailable = new Map<number, string>([
  [3, "the system refuses it access"],
  [5, "another process keeps it locked"],
  [6, "it is locked"],
  [7, "there is not enough memory"],
  [8, "it can only be read"],
  [10, "the disk has failed to read or write"],
  [11, "its file is damaged"],
  [13, "the disk is full"],
  [14, "its file cannot be opened"],
  [15, "another process holds its lock"],
  [22, "its file is too large for this system"],
  [26, "its file is not a database"],
]);
