import { access, readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { GatewayError } from "../errors.ts";
import { findIn, placesIn, shown } from "../folders.ts";
import { limits, unprocessable } from "./entries.ts";
import { readBounded } from "./read-file.ts";
import { skillFileName } from "./skill.ts";

/**
 * The real path of what is to be installed, after every link. Throws `forbidden` for what is in none of the folders, with one
 * answer whether it is there or not; `bad_request` for what is not there, with what is.
 */
export async function locateSource(path: string, folders: readonly string[] | "*"): Promise<{ path: string; isFolder: boolean }> {
  const real = path.includes("\0") ? undefined : folders === "*" ? await realpath(path).catch(() => undefined) : await locate(path, folders);
  const stats = real === undefined ? undefined : await stat(real).catch(() => undefined);
  if (real === undefined || stats === undefined || !(stats.isDirectory() || stats.isFile())) throw await nothingThere(path, folders);
  return { path: real, isFolder: stats.isDirectory() };
}

async function locate(path: string, folders: readonly string[]): Promise<string | undefined> {
  const places = await placesIn(path, folders);
  if (places === null || places.length === 0) throw outside(path);
  const found = await findIn(places);
  if (found?.isWithin === false) throw outside(path);
  return found?.real;
}

/** The bytes of an archive. Throws `unprocessable` for a large one. */
export function readArchive(path: string): Promise<Buffer> {
  return readBounded(path, limits.archiveBytes, (size) => unprocessable(`The archive has ${size} bytes; ${limits.archiveBytes} are allowed.`, { limitBytes: limits.archiveBytes }));
}

function outside(path: string): GatewayError {
  return new GatewayError("forbidden", `${shown(path)} is in no folder that skills may be installed from. The settings name those in skills.installFrom.`);
}

const maxListed = 50;

async function nothingThere(path: string, folders: readonly string[] | "*"): Promise<GatewayError> {
  const message = `There is no folder or archive ${shown(path)}.`;
  if (folders === "*") return new GatewayError("bad_request", message);
  const sources: string[] = [];
  for (const folder of folders) {
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      const isSource = entry.isDirectory() ? await access(join(folder, entry.name, skillFileName)).then(() => true, () => false) : entry.isFile() && /\.(?:zip|tgz|tar\.gz)$/i.test(entry.name);
      if (isSource && sources.length < maxListed) sources.push(entry.name);
    }
  }
  const listed = sources.sort().join(", ");
  return new GatewayError("bad_request", listed === "" ? message : `${message} What is there: ${listed}.`, { details: { errors: [{ path: "/path", message: "must name what is there" }], sources } });
}
