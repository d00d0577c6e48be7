import { constants, type Dirent } from "node:fs";
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { type SkillEntry, unprocessable } from "./entries.ts";

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
  // What was a file a moment ago may be a link or a pipe by now.
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (!(await file.stat()).isFile()) throw unprocessable("The folder has changed while it was read. Please try again.");
    for await (const chunk of file.createReadStream({ autoClose: false })) yield chunk as Buffer;
  } finally {
    await file.close();
  }
}
