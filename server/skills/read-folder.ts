import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type SkillEntry, unprocessable } from "./entries.ts";
import { openRegular } from "./read-file.ts";

/** What is in a folder, each folder before what is in it. Throws `unprocessable` at a link, a device or whatever else is no file. */
export async function* readFolder(folder: string, below = ""): AsyncGenerator<SkillEntry> {
  for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
    const path = join(below, entry.name);
    if (isLeftOut(entry)) continue;
    if (entry.isDirectory()) {
      yield { path, content: null };
      yield* readFolder(folder, path);
    } else if (entry.isFile()) yield { path, content: readFile(join(folder, path)) };
    else throw unprocessable(`${JSON.stringify(path)} is neither a file nor a folder. Links and devices are not installed.`, { path });
  }
}

/** What a version control system keeps beside the files is no part of a skill. */
function isLeftOut({ name }: Dirent): boolean {
  return name === ".git" || name === ".DS_Store";
}

async function* readFile(path: string): AsyncGenerator<Buffer> {
  await using file = await openRegular(path);
  for await (const chunk of file.createReadStream({ autoClose: false })) yield chunk as Buffer;
}
