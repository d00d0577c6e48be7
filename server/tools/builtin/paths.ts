/**
 * The guard between the file tools and the machine. The path that counts is the real one, after every symbolic link, and it must
 * lie within a root; one that leads outside gets one and the same answer whether something is there or not. A check of a path says
 * nothing of a moment later, so what was opened is compared with what the path means once more (`isStillThere`).
 */
import { constants, type Stats } from "node:fs";
import { open, readlink, realpath, stat } from "node:fs/promises";
import { isAbsolute, join, resolve, sep } from "node:path";
import { ToolError } from "../port.ts";

/** The input schema of a path. */
export const pathSchema = { type: "string", minLength: 1, maxLength: 4096 } as const;

/** Where a path leads: below which root, both real; the last part may not be there yet. */
export interface Place {
  root: string;
  /** Absolute, lexically within the root; links in it are not followed. */
  path: string;
}

/** Every root that the path may mean a place in, in the order of the settings; those that are not there are left out. Throws a ToolError when it leads outside of all. */
export async function placesOf(path: string, roots: readonly string[]): Promise<Place[]> {
  if (path.includes("\0")) throw new ToolError("A path must not contain a NUL character.");
  const places: Place[] = [];
  let isThere = false;
  for (const root of roots) {
    const real = await realpath(root).catch(() => undefined);
    if (real === undefined) continue;
    isThere = true;
    const written = resolve(root);
    // An absolute path may be written with the root as it stands in the settings, before links are followed.
    const candidate = isAbsolute(path) && isWithin(resolve(path), written) ? real + resolve(path).slice(written.length) : resolve(real, path);
    if (isWithin(candidate, real)) places.push({ root: real, path: candidate });
  }
  if (!isThere) throw new ToolError("The folders that tools may use are not there.");
  if (places.length === 0) throw outside(path);
  return places;
}

/** The real path of what is there, in the first root that has it. Throws a ToolError when none has, or a link leads outside. */
export async function locate(path: string, roots: readonly string[]): Promise<string> {
  for (const place of await placesOf(path, roots)) {
    const real = await realpath(place.path).catch(() => undefined);
    if (real === undefined) continue;
    if (isWithin(real, place.root)) return real;
    throw outside(path);
  }
  throw new ToolError(`There is no file ${shown(path)}.`);
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

/** The path as the caller wrote it: the real one is nobody's business. */
export function shown(path: string): string {
  return JSON.stringify(path.length > 200 ? `${path.slice(0, 200)}…` : path);
}

function isWithin(path: string, root: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
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
