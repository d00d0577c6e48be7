import { statSync } from "node:fs";
import { dirname } from "node:path";
import { databaseFile } from "./database-file.ts";
import type { Examination } from "./examination.ts";
import { type Finding, ok, warning } from "./finding.ts";

/** Whether conversations, keys and settings are closed to the machine's other users. */
export function checkFileModes({ stateDir, file, settings }: Pick<Examination, "stateDir" | "file" | "settings">): Finding[] {
  if (process.platform === "win32") return [];
  const database = settings === null ? null : databaseFile(settings.storage.url);
  const files = [...(file === null ? [] : [file, `${file}.last-good`]), ...(database === null ? [] : [database, `${database}-wal`, `${database}-shm`])];
  const open = [...isOpen(stateDir, 0o700, "folder"), ...files.flatMap((name) => isOpen(name, 0o600, "file"))];
  const logFolder = settings?.logging.file == null ? [] : isOpen(dirname(settings.logging.file), 0o700, "folder");
  const findings = [...open, ...logFolder];
  return findings.length > 0 ? findings : [ok("Nobody else can read the state folder, the database and the settings.")];
}

function isOpen(path: string, wanted: number, kind: "file" | "folder"): Finding[] {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode;
  if (mode === undefined || (mode & 0o077) === 0) return [];
  return [warning(`The ${kind} ${path} is open to other users (mode ${(mode & 0o777).toString(8)}).`, `chmod ${wanted.toString(8)} ${path}`)];
}
