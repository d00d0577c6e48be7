import { NewerSchema } from "./migrate.ts";
import { primaryCode } from "./storage-failure.ts";

/**
 * The database cannot be opened, so the gateway cannot start. The message is for the person at the terminal: it names
 * the file and says what to do. It is no `GatewayError`, since a caller must never see a path.
 */
export class DatabaseOpenError extends Error {
  override readonly name = "DatabaseOpenError";
}

/** What went wrong while a file was opened, in words for the person who starts the gateway. */
export function explainOpenFailure(file: string, thrown: unknown): DatabaseOpenError {
  if (thrown instanceof DatabaseOpenError) return thrown;
  return new DatabaseOpenError(`The database ${file} ${reason(thrown)}`, { cause: thrown });
}

function reason(thrown: unknown): string {
  if (thrown instanceof NewerSchema) {
    return (
      `was last used by a newer OpenClaw (it has ${thrown.migrations.join(", ")}, which this one does not know). ` +
      "Start that version again, or name another file in storage.url."
    );
  }
  // A statement's error was mapped on its way here; the code is in its cause.
  const code = primaryCode(thrown) ?? (thrown instanceof Error ? primaryCode(thrown.cause) : undefined);
  const known = code === undefined ? fileReasons.get(fileErrorCode(thrown)) : sqliteReasons.get(code);
  return known ?? `cannot be opened: ${thrown instanceof Error ? thrown.message : String(thrown)}.`;
}

function fileErrorCode(thrown: unknown): string {
  return thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
}

const notOurs =
  "is damaged, or is not a SQLite database. Put a backup in its place, or move it away (with its -wal and -shm files): the gateway then makes a new one.";
const noAccess = "cannot be written. Give the user who runs the gateway the right to write the file and its folder, or name another file in storage.url.";
const noFolder = "cannot be made, since its folder cannot be made or is no folder. Name another file in storage.url.";

const sqliteReasons = new Map<number, string>([
  [5, "is locked by another process. Stop that one first."],
  [8, noAccess],
  [10, "cannot be read or written: the disk answers with an error."],
  [11, notOurs],
  [13, "cannot be written: the disk is full."],
  [14, noAccess],
  [15, "is locked by another process. Stop that one first."],
  [26, notOurs],
]);

const fileReasons = new Map<string, string>([
  ["EACCES", noAccess],
  ["EPERM", noAccess],
  ["EROFS", noAccess],
  ["EISDIR", "is a folder. Name a file in storage.url."],
  ["ENOTDIR", noFolder],
  ["EEXIST", noFolder],
  ["ENOENT", noFolder],
  ["ENOSPC", "cannot be made: the disk is full."],
]);
