/**
 * The guard between the file tools and the machine. The path that counts is the real one, after every symbolic link, and it must
 * lie within a root; one that leads outside gets one and the same answer whether something is there or not. A check of a path says
 * nothing of a moment later, so what was opened is compared with what the path means once more (`isStillThere`).
 */
import { constants, type Stats } from "node:fs";
import { open, readlink, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { findIn, type Place, placesIn, shown } from "../../folders.ts";
import { ToolError } from "../port.ts";

/** The input schema of a path. */
export const pathSchema = { type: "string", minLength: 1, maxLength: 4096 } as const;

/** Every root that the path may mean a place in, in the order of the settings. Throws a ToolError when it leads outside of all. */
export async function placesOf(path: string, roots: readonly string[]): Promise<Place[]> {
  if (path.includes("\0")) throw new ToolError("A path must not contain a NUL character.");
  const places = await placesIn(path, roots);
  if (places === null) throw new ToolError("None of the folders that tools may use is there. The settings name them in `tools.roots`; else it is `workspace` in the state folder.");
  if (places.length === 0) throw outside(path);
  return places;
}

/** The real path of what is there, in the first root that has it. Throws a ToolError when none has, or a link leads outside. */
export async function locate(path: string, roots: readonly string[]): Promise<string> {
  const found = await findIn(await placesOf(path, roots));
  if (found === undefined) throw new ToolError(`There is no file ${shown(path)}.`);
  if (!found.isWithin) throw outside(path);
  return found.real;
}

/** Whether what was opened is what the real path still means: a folder on the way may have been swapped for a link. */
export async function isStillThere(real: string, opened: Stats): Promise<boolean> {
  try {
    if ((await realpath(real)) !== real) return false;
    const now = await stat(real);
    return now.dev === opened.dev && now.ino === opened.ino;
  } catch {
    return false;
  }
}

export function outside(path: string): ToolError {
  return new ToolError(`${shown(path)} is outside the folders that tools may use.`);
}

/** A folder that stays the one it was when it was looked at. */
export interface PinnedFolder extends AsyncDisposable {
  /** The path of a name in it. */
  at(name: string): string;
}

/**
 * Holds on to a folder whose links are all followed, so that nobody who swaps it for a link meanwhile turns a write elsewhere. Linux
 * reaches into an open folder by `/proc/self/fd`; where there is no such thing, it is checked and then named by its path.
 */
export async function pinFolder(path: string, folder: string): Promise<PinnedFolder> {
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW).catch((error: unknown) => {
    throw new ToolError(`The folder of ${shown(path)} cannot be opened.`, { cause: error });
  });
  const pinned = `/proc/self/fd/${handle.fd}`;
  // Where the open folder really is: only its last part is known not to be a link.
  const place = await readlink(pinned).catch(() => null);
  if (place === null ? !(await isStillThere(folder, await handle.stat())) : place !== folder) {
    await handle.close();
    throw outside(path);
  }
  return { at: (name) => join(place === null ? folder : pinned, name), [Symbol.asyncDispose]: () => handle.close() };
}
