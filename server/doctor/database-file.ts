import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";

/** The file of `storage.url`; null for another database than SQLite, or one in memory. */
export function databaseFile(url: string): string | null {
  const path = /^sqlite:(.+)$/s.exec(url)?.[1];
  return path === undefined || path === ":memory:" ? null : path;
}

/** Reads the database beside a gateway that runs, without making or changing a file. */
export function openReadOnly(file: string): DatabaseSync {
  const url = pathToFileURL(file);
  // A log means that a gateway runs, or has crashed: then it has to be read, too. Without one SQLite would make it.
  if (!existsSync(`${file}-wal`)) url.searchParams.set("immutable", "1");
  return new DatabaseSync(url, { readOnly: true, timeout: 2000 });
}
