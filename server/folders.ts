/** What a path means that must lie within certain folders: what tools read and write, what skills are installed from. */
import { realpath } from "node:fs/promises";
import { isAbsolute, resolve, sep } from "node:path";

/** Where a path leads: below which folder, both real; the last part may not be there yet. */
export interface Place {
  root: string;
  /** Absolute, lexically within the root; links in it are not followed. */
  path: string;
}

/** Every folder that the path may mean a place in, in their order; those that are not there are left out, and null stands for none that is. */
export async function placesIn(path: string, folders: readonly string[]): Promise<Place[] | null> {
  const places: Place[] = [];
  let isThere = false;
  for (const folder of folders) {
    const root = await realpath(folder).catch(() => undefined);
    if (root === undefined) continue;
    isThere = true;
    const written = resolve(folder);
    // An absolute path may be written with the folder as it stands in the settings, before links are followed.
    const candidate = isAbsolute(path) && isWithin(resolve(path), written) ? root + resolve(path).slice(written.length) : resolve(root, path);
    if (isWithin(candidate, root)) places.push({ root, path: candidate });
  }
  return isThere ? places : null;
}

/** What is there, in the first place that has something: its real path, and whether that is still within the folder. */
export async function findIn(places: readonly Place[]): Promise<{ real: string; isWithin: boolean } | undefined> {
  for (const { root, path } of places) {
    const real = await realpath(path).catch(() => undefined);
    if (real !== undefined) return { real, isWithin: isWithin(real, root) };
  }
  return undefined;
}

/** The path as the caller wrote it: the real one is nobody's business. */
export function shown(path: string): string {
  return JSON.stringify(path.length > 200 ? `${path.slice(0, 200)}…` : path);
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
