import { chmodSync, closeSync, fstatSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** The name under which SQLite keeps a database in memory, gone when it is closed. */
export const inMemory = ":memory:";

/**
 * Opens, or makes, a SQLite file as the gateway wants it. Conversations are private: what is made is for the owner
 * alone (folder 700, file 600), and a file that others can read is closed to them. Throws what the system throws.
 */
export function openSqliteFile(file: string): DatabaseSync {
  if (file !== inMemory) makePrivateFile(file);
  const database = new DatabaseSync(file, { timeout: busyTimeoutMs, enableForeignKeyConstraints: true });
  try {
    // WAL with synchronous=NORMAL: a commit survives the death of the process; a loss of power may take the last
    // commits with it, never the file's health. A transaction costs no fsync.
    // The log is folded into the file every 16 MB rather than every 4: a page that many turns change is then written once.
    database.exec("pragma journal_mode = wal; pragma synchronous = normal; pragma wal_autocheckpoint = 4000; pragma cache_size = -16000");
  } catch (thrown) {
    database.close();
    throw thrown;
  }
  return database;
}

/** How long a statement waits for another process, such as the command line, to finish writing. The event loop waits with it. */
const busyTimeoutMs = 5000;

/** The -wal and -shm files take their mode from the main one. */
function makePrivateFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const descriptor = openSync(file, "a", 0o600);
  const mode = fstatSync(descriptor).mode & 0o777;
  closeSync(descriptor);
  if ((mode & 0o077) !== 0) chmodSync(file, 0o600);
}
