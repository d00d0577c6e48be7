import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { databaseFile } from "./database-file.ts";
import type { Examination } from "./examination.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

const mb = 1024 * 1024;

/** Whether there is room for the database and the logs. */
export async function checkDiskSpace({ stateDir, settings }: Pick<Examination, "stateDir" | "settings">, freeBytes = freeBytesAt): Promise<Finding[]> {
  const file = settings === null ? null : databaseFile(settings.storage.url);
  const folder = file === null ? stateDir : dirname(file);
  const free = Math.floor((await freeBytes(folder)) / mb);
  const next = "Make room there, or set storage.url to a file on another disk.";
  if (free < 100) return [problem(`Only ${free} MB are free for ${folder}: soon nothing can be saved.`, next)];
  if (free < 1024) return [warning(`${free} MB are free for ${folder}.`, next)];
  return [ok(`${Math.floor(free / 1024)} GB are free for ${folder}.`)];
}

async function freeBytesAt(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch (error) {
    // It is made at the first start, on the disk of the first folder above it that is there.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || dirname(folder) === folder) throw error;
    return freeBytesAt(dirname(folder));
  }
}
