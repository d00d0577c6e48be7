import { randomBytes } from "node:crypto";
import * as nodeFiles from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { readText } from "./parse-file.ts";
import { SettingsError } from "./settings-error.ts";

/** The settings file. */
export interface SettingsStore {
  readonly file: string;
  /** Its text; null when there is none. Throws a SettingsError when it cannot be read. */
  read(): Promise<string | null>;
  /**
   * Replaces the file as a whole, so that a crash leaves the old one or the new one and never a part; keeps the last good text
   * as `<file>.last-good`. Throws what the system says, with the file as it was.
   */
  write(text: string, lastGood: string | null): Promise<void>;
}

type Files = Pick<typeof nodeFiles, "open" | "rename" | "unlink">;

export function createSettingsStore({ file, files = nodeFiles }: { file: string; files?: Files }): SettingsStore {
  /** Written beside it and renamed: that is atomic on one file system. */
  async function replace(target: string, text: string, keep: { mode: number; uid: number; gid: number } | null): Promise<void> {
    const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString("hex")}.tmp`);
    try {
      const handle = await files.open(temporary, "wx", 0o600);
      try {
        await handle.writeFile(text);
        if (keep) {
          // Whoever may read the file by its owner, goes on reading it; only root may give files away.
          await handle.chown(keep.uid, keep.gid).catch(() => {});
          await handle.chmod(keep.mode & 0o777);
        }
        await handle.sync();
      } finally {
        await handle.close();
      }
      await files.rename(temporary, target);
    } catch (error) {
      await files.unlink(temporary).catch(() => {});
      throw error;
    }
  }

  return {
    file,
    async read() {
      try {
        return await readText(file);
      } catch (error) {
        if (error instanceof SettingsError && (error.cause as NodeJS.ErrnoException | undefined)?.code === "ENOENT") return null;
        throw error;
      }
    },
    async write(text, lastGood) {
      await nodeFiles.mkdir(dirname(file), { recursive: true, mode: 0o700 });
      // A link stays a link.
      const target = await nodeFiles.realpath(file).catch(() => file);
      if (lastGood !== null) await replace(`${target}.last-good`, lastGood, null);
      await replace(target, text, await nodeFiles.stat(target).catch(() => null));
      await syncFolder(dirname(target));
    },
  };
}

/** Makes the rename itself last. The file is in its place by now, so a file system that cannot do this is no failure. */
async function syncFolder(folder: string): Promise<void> {
  try {
    await using handle = await nodeFiles.open(folder, "r");
    await handle.sync();
  } catch {
    // As said.
  }
}
