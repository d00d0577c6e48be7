/**
 * Skills come in and go. Whatever comes is put into a folder whose name begins with a dot, beside the place that it is for, and
 * moved there as a whole at the end: a skill is there with all its files or not at all, whenever somebody looks, or the gateway
 * is stopped.
 */
import { lstat, mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { GatewayError } from "../errors.ts";
import { limits, mostUnpackedBytes, type SkillEntry, unprocessable } from "./entries.ts";
import { readHeadIn } from "./library.ts";
import { locateSource, readArchive } from "./locate-source.ts";
import { readFolder } from "./read-folder.ts";
import { fetchFromRegistry } from "./registry.ts";
import { type SkillsSettings, skillFileName } from "./skill.ts";
import { SkillProblem } from "./skill-file.ts";
import { writeEntries } from "./write-entries.ts";

/** A folder or archive, or a skill of the registry. */
export type SkillOrigin = { path: string } | { name: string; version?: string | undefined };

export interface Installer {
  /** Resolves with the skill's name. One at a time. */
  install(origin: SkillOrigin, options: { force: boolean }): Promise<string>;
  /** Removes a folder of the first root, as a whole. */
  remove(folder: string): Promise<void>;
  /** Removes what installations that were cut off have left. */
  clean(): Promise<void>;
}

const workPrefix = ".installing-";

export function createInstaller(settings: () => SkillsSettings): Installer {
  let last: Promise<unknown> = Promise.resolve();

  return {
    install(origin, { force }) {
      const turn = last.then(async () => {
        const { entries, mostBytes, name } = await open(origin, settings());
        const root = rootOf(settings());
        await mkdir(root, { recursive: true, mode: 0o700 });
        return inWorkFolder(root, async (work) => {
          const unpacked = join(work, "unpacked");
          await mkdir(unpacked);
          await writeEntries(entries, unpacked, mostBytes);
          const folder = await skillFolderIn(unpacked);
          const named = await nameOf(folder);
          if (name !== null && named !== name) throw unprocessable(`The registry's archive of \`${name}\` holds the skill \`${named}\`.`);
          await place(folder, join(root, named), join(work, "replaced"), force);
          return named;
        });
      });
      last = turn.catch(() => {});
      return turn;
    },
    remove: (folder) => inWorkFolder(rootOf(settings()), (work) => rename(folder, join(work, "removed"))),
    async clean() {
      const root = settings().roots[0];
      if (root === undefined) return;
      for (const name of await readdir(root).catch(() => [])) {
        const pid = new RegExp(`^\\${workPrefix}(\\d+)-`).exec(name)?.[1];
        if (pid !== undefined && !isOthersProcess(Number(pid))) await rm(join(root, name), { recursive: true, force: true });
      }
    },
  };
}

function rootOf({ roots }: SkillsSettings): string {
  const [root] = roots;
  if (root === undefined) throw new GatewayError("conflict", "The settings name no folder for skills (skills.roots), so that there is none to install in.");
  return root;
}

async function inWorkFolder<T>(root: string, act: (work: string) => Promise<T>): Promise<T> {
  const work = await mkdtemp(join(root, `${workPrefix}${process.pid}-`));
  try {
    return await act(work);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** What is to be written, how much of it at the most, and the name that it must have, if any. */
async function open(origin: SkillOrigin, settings: SkillsSettings): Promise<{ entries: AsyncIterable<SkillEntry>; mostBytes: number; name: string | null }> {
  if ("name" in origin) return { ...(await unpack(await fetchFromRegistry(origin, settings))), name: origin.name };
  const { path, isFolder } = await locateSource(origin.path, settings.installFrom);
  if (isFolder) return { entries: readFolder(path), mostBytes: limits.unpackedBytes, name: null };
  return { ...(await unpack(await readArchive(path))), name: null };
}

/** An archive is what it begins like, whatever its name. What reads it is loaded when there is one. */
async function unpack(archive: Buffer): Promise<{ entries: AsyncIterable<SkillEntry>; mostBytes: number }> {
  const mostBytes = mostUnpackedBytes(archive.length);
  if (archive[0] === 0x1f && archive[1] === 0x8b) return { entries: (await import("./read-tar.ts")).readTar(archive, mostBytes), mostBytes };
  if (archive[0] === 0x50 && archive[1] === 0x4b) return { entries: (await import("./read-zip.ts")).readZip(archive), mostBytes };
  throw unprocessable("This is neither a .tar.gz nor a .zip.");
}

/** The SKILL.md is at the top of an archive, or in the only folder there. */
async function skillFolderIn(unpacked: string): Promise<string> {
  const names = await readdir(unpacked, { withFileTypes: true });
  if (names.some(({ name }) => name === skillFileName)) return unpacked;
  const [only] = names;
  if (only?.isDirectory() === true && names.length === 1 && (await readdir(join(unpacked, only.name))).includes(skillFileName)) return join(unpacked, only.name);
  throw unprocessable(`This is no skill: it has no ${skillFileName}, neither at its top nor in the only folder there.`);
}

async function nameOf(folder: string): Promise<string> {
  try {
    return (await readHeadIn(folder)).name;
  } catch (error) {
    if (error instanceof SkillProblem) throw unprocessable(`This is no skill: ${error.message}.`);
    throw error;
  }
}

/** Moves the folder to its place. Whoever comes first has it: a folder that is not empty is never moved over. */
async function place(folder: string, target: string, replaced: string, force: boolean): Promise<void> {
  const isTaken = await lstat(target).then(() => true, () => false);
  if (isTaken && !force) throw alreadyThere(target);
  if (isTaken) await rename(target, replaced);
  try {
    await rename(folder, target);
  } catch (error) {
    if (isTaken) await rename(replaced, target).catch(() => {});
    if (/^(?:ENOTEMPTY|EEXIST|ENOTDIR)$/.test((error as NodeJS.ErrnoException).code ?? "")) throw alreadyThere(target);
    throw error;
  }
}

function alreadyThere(target: string): GatewayError {
  return new GatewayError("conflict", `There is a skill \`${target.split("/").at(-1)}\` already. Remove it first, or replace it with force.`);
}

/** Whether a process other than this one has the id. A command may be installing while the gateway starts. */
function isOthersProcess(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
