import { existsSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { explainOpenFailure } from "../storage/database-open-error.ts";
import { migrationNames } from "../storage/migrate.ts";
import { databaseFile, openReadOnly } from "./database-file.ts";
import type { Examination } from "./examination.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

/** Whether the database is whole and this program's. */
export function checkDatabase({ settings }: Pick<Examination, "settings">): Finding[] {
  if (settings === null) return [];
  const file = databaseFile(settings.storage.url);
  if (file === null) return [warning("The database is not a file, and nothing of it is kept or can be checked here.", "Set storage.url to sqlite:PATH to keep it.")];
  if (!existsSync(file)) return [ok(`There is no database yet: the first start makes ${file}.`)];
  try {
    using database = openReadOnly(file);
    const { quick_check: health } = database.prepare("pragma quick_check(1)").get() as { quick_check: string };
    if (health !== "ok") return [problem(`The database ${file} is damaged: ${health}.`, "Stop the gateway and put a backup in its place.")];
    return checkTables(database, file);
  } catch (error) {
    return [problem(explainOpenFailure(file, error).message, "See the message. As long as it is so, the gateway cannot start.")];
  }
}

function checkTables(database: DatabaseSync, file: string): Finding[] {
  const hasTables = database.prepare("select 1 from sqlite_master where name = 'kysely_migration'").get() !== undefined;
  const made = hasTables ? (database.prepare("select name from kysely_migration").all() as { name: string }[]).map(({ name }) => name) : [];
  const unknown = made.filter((name) => !migrationNames.includes(name));
  if (unknown.length > 0) return [problem(`The database ${file} was last used by a newer OpenClaw (${unknown.join(", ")}).`, "Start that version again, or name another file in storage.url.")];
  const missing = migrationNames.filter((name) => !made.includes(name));
  if (missing.length > 0) return [warning(`The database ${file} is of an older version: ${missing.join(", ")} is missing.`, "Make a copy of it, then start the gateway, which brings it up to date.")];
  return [ok(`The database ${file} is whole and up to date.`)];
}
