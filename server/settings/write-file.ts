import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, readlink, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";

/**
 * Writes a settings file so that after a crash at any moment there is either the old one or the new one, whole and on the disk.
 *
 * A symbolic link stays one: what it points to is replaced. The file keeps its mode and owner; a new one has mode 600, and its
 * folder is made with 700. What it said before is in `<file>.last-good`, mode 600. Throws the file system's error, and then the
 * file is as it was.
 */
export async function replaceFile(file: string, text: string): Promise<void> {
  const target = await targetOf(file);
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  const old = await stat(target).catch(ifMissing);
  if (old !== null) await writeWhole(`${file}.last-good`, await readFile(target), { mode: 0o600, owner: old });
  await writeWhole(target, text, { mode: old === null ? 0o600 : old.mode & 0o777, owner: old });
}

async function writeWhole(target: string, content: string | Uint8Array, { mode, owner }: { mode: number; owner: { uid: number; gid: number } | null }): Promise<void> {
  // In the same folder, since a file cannot be renamed to another disk.
  const temporary = join(dirname(target), `.${basename(target)}.${randomUUID()}.tmp`);
  try {
    {
      await using handle = await open(temporary, "wx", 0o600);
      await handle.writeFile(content);
      // An administrator's change must not take the file from the user whom the gateway runs as.
      if (owner !== null && process.getuid?.() === 0) await handle.chown(owner.uid, owner.gid);
      await handle.chmod(mode);
      await handle.sync();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  // The name is the folder's: without this it could still be the old one after a crash.
  await using folder = await open(dirname(target), "r");
  await folder.sync();
}

/** The file behind symbolic links, whether it exists or not. */
async function targetOf(file: string): Promise<string> {
  const found = await realpath(file).catch(ifMissing);
  if (found !== null) return found;
  const pointed = await readlink(file).catch(() => null);
  return pointed === null ? file : targetOf(resolve(dirname(file), pointed));
}

function ifMissing(error: NodeJS.ErrnoException): null {
  if (error.code === "ENOENT") return null;
  throw error;
}
