import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { checkPath, limits, type SkillEntry, unprocessable } from "./entries.ts";

/**
 * Writes entries below a folder that is empty. Counts what really comes, and throws `unprocessable` at the first entry that is
 * one too many, too large, named twice, or that leads elsewhere. Nothing can be run: no file gets the right to.
 */
export async function writeEntries(entries: AsyncIterable<SkillEntry>, folder: string, mostBytes: number): Promise<void> {
  /** Every path so far, by how a file system would see it that knows no case. */
  const taken = new Map<string, { path: string; isFolder: boolean }>();
  let bytes = 0;

  async function makeFolder(names: readonly string[]): Promise<void> {
    for (let depth = 1; depth <= names.length; depth++) await claim(names.slice(0, depth), true);
  }

  async function claim(names: readonly string[], isFolder: boolean): Promise<void> {
    const path = names.join("/");
    const key = path.normalize("NFC").toLowerCase();
    const before = taken.get(key);
    if (before?.isFolder === true && isFolder && before.path === path) return;
    if (before !== undefined) throw unprocessable(`The path ${JSON.stringify(path)} is there twice, or differs from another only in case.`, { path });
    if (taken.size >= limits.entries) throw unprocessable(`A skill may have ${limits.entries} files and folders; this one has more.`, { limit: limits.entries });
    taken.set(key, { path, isFolder });
    if (isFolder) await mkdir(join(folder, path), { mode: 0o700 });
  }

  for await (const { path, content } of entries) {
    const names = checkPath(path);
    if (content === null) {
      await makeFolder(names);
      continue;
    }
    await makeFolder(names.slice(0, -1));
    await claim(names, false);
    const file = await open(join(folder, ...names), "wx", 0o600);
    try {
      for await (const chunk of content) {
        bytes += chunk.length;
        if (bytes > mostBytes) throw unprocessable(`The skill is too large: ${mostBytes} bytes are allowed for it, unpacked.`, { limitBytes: mostBytes });
        await file.writeFile(chunk);
      }
    } finally {
      await file.close();
    }
  }
}
