import { type FileHandle, open, stat } from "node:fs/promises";

/** The file that is written has the number 0, the one before it 1, and so on. */
export function fileName(file: string, number: number): string {
  return number === 0 ? file : `${file}.${number}`;
}

/**
 * Which file this is, whatever it is called: its number in the file system and the moment it was made, since the number of a
 * file that is gone is given to another one.
 */
export function identityOf({ ino, birthtimeMs }: { ino: number; birthtimeMs: number }): string {
  return `${ino.toString(36)}-${Math.floor(birthtimeMs).toString(36)}`;
}

/** A file that is being read. */
export interface OpenFile {
  readonly handle: FileHandle;
  readonly identity: string;
}

/** Null when there is none, or it may not be read. */
export async function openFile(name: string): Promise<OpenFile | null> {
  const handle = await open(name).catch(() => null);
  if (!handle) return null;
  try {
    return { handle, identity: identityOf(await handle.stat()) };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Today's number of a file; -1 when it is there no more. */
export async function numberOf(file: string, identity: string): Promise<number> {
  for (let number = 0; ; number++) {
    const found = await stat(fileName(file, number)).catch(() => null);
    // A rotation under way leaves a gap: at most one, since each file moves on by one.
    if (!found && !(await stat(fileName(file, number + 1)).catch(() => null))) return -1;
    if (found && identityOf(found) === identity) return number;
  }
}

/** The number of the oldest file; 0 when there is none. */
export async function oldestNumber(file: string): Promise<number> {
  let number = 0;
  while (await stat(fileName(file, number + 1)).catch(() => null)) number++;
  return number;
}
