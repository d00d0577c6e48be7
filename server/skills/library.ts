/**
 * The skills in the folders of the settings, as they lie there. Nothing is told when a folder changes: what was read is used
 * for two seconds, then the folders are looked through again, and only a SKILL.md that has changed is read. A skill that was
 * copied in by hand is so found without a restart, and a turn costs nothing.
 */
import type { Stats } from "node:fs";
import { lstat, readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { readBounded } from "./read-file.ts";
import { missingOf, type RequirementsOptions } from "./requirements.ts";
import { type Skill, skillFileName } from "./skill.ts";
import { maxSkillFileBytes, readSkillFile, type SkillHead, SkillProblem } from "./skill-file.ts";

export interface LibraryOptions extends RequirementsOptions {
  /** Absolute; of two skills with one name the one in the first folder counts. Read anew each time. */
  roots: () => readonly string[];
  /** How long what was read is used. Default 2 s. */
  freshForMs?: number;
}

export interface Library {
  /** What was read last, by name. The same list as long as nothing has changed. */
  readonly skills: readonly Skill[];
  /** Whether that was long enough ago to look again. */
  readonly isStale: boolean;
  /** Looks through the folders as they are from now on; who asks while one waits to begin gets the same. */
  refresh(): Promise<readonly Skill[]>;
}

/** What is known of one folder: its SKILL.md as of a certain state, and the skill made of it. */
interface Shelf {
  stamp: string;
  head: SkillHead | SkillProblem;
  skill: Skill;
}

export function createLibrary({ roots, freshForMs = 2000, ...requirements }: LibraryOptions): Library {
  let skills: readonly Skill[] = [];
  let shelves = new Map<string, Shelf>();
  let readAt = Number.NEGATIVE_INFINITY;
  let last: Promise<unknown> = Promise.resolve();
  let next: Promise<readonly Skill[]> | undefined;

  async function read(): Promise<readonly Skill[]> {
    const began = performance.now();
    const found = new Map<string, Shelf>();
    const byName = new Map<string, Skill>();
    for (const [index, root] of roots().entries()) {
      const realRoot = await realpath(root).catch(() => undefined);
      if (realRoot === undefined) continue;
      for (const name of await foldersOf(realRoot)) {
        const folder = join(root, name);
        const shelf = await look(realRoot, folder, name, index === 0, shelves.get(folder));
        if (shelf === undefined) continue;
        found.set(folder, shelf);
        if (!byName.has(name)) byName.set(name, shelf.skill);
      }
    }
    const now = [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    if (now.length !== skills.length || now.some((skill, index) => skill !== skills[index])) skills = now;
    shelves = found;
    readAt = began;
    return skills;
  }

  /** Nothing when the folder holds no SKILL.md: it is something else. */
  async function look(realRoot: string, folder: string, name: string, isInstalled: boolean, known: Shelf | undefined): Promise<Shelf | undefined> {
    let stamp = "";
    let head: SkillHead | SkillProblem;
    let installedAt = 0;
    try {
      const real = await realpath(folder);
      const file = join(real, skillFileName);
      const stats = await lstat(file);
      stamp = [isInstalled, real, stats.dev, stats.ino, stats.size, stats.mtimeMs, stats.ctimeMs].join();
      installedAt = Math.trunc((await lstat(real)).birthtimeMs);
      if (!real.startsWith(`${realRoot}/`)) throw new SkillProblem("its folder is a symbolic link that leads out of the folder of skills");
      head = known?.stamp === stamp ? known.head : await headOf(await readText(file, stats), name);
    } catch (error) {
      if (isMissing(error)) return undefined;
      head = error instanceof SkillProblem ? error : new SkillProblem("it cannot be read by the user who runs the gateway");
    }
    const missing = head instanceof SkillProblem ? [] : await missingOf(head.requires, requirements);
    if (known?.stamp === stamp && known.skill.missing.join() === missing.join() && known.skill.problem === problemOf(head)) return known;
    return { stamp, head, skill: skillOf(name, folder, isInstalled, head, missing, installedAt) };
  }

  return {
    get skills() {
      return skills;
    },
    get isStale() {
      return performance.now() - readAt >= freshForMs;
    },
    refresh() {
      if (next === undefined) {
        // Not the look that is under way: it may have passed what has changed since.
        next = last.then(() => {
          next = undefined;
          return read();
        });
        last = next.catch(() => {});
      }
      return next;
    },
  };
}

/** The head of a folder's SKILL.md. Throws a SkillProblem. */
export async function readHeadIn(folder: string): Promise<SkillHead> {
  const file = join(folder, skillFileName);
  return (await readSkillFile(await readText(file, await lstat(file)))).head;
}

/** Folders, and links in their place; none whose name begins with a dot. */
async function foldersOf(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => !entry.name.startsWith(".") && (entry.isDirectory() || entry.isSymbolicLink())).map(({ name }) => name);
}

async function readText(path: string, stats: Stats): Promise<string> {
  if (!stats.isFile()) throw new SkillProblem("SKILL.md is not a regular file");
  const bytes = await readBounded(path, maxSkillFileBytes, () => new SkillProblem(`SKILL.md is larger than ${maxSkillFileBytes / 1024} KB`));
  return bytes.toString("utf8");
}

async function headOf(text: string, folderName: string): Promise<SkillHead> {
  const { head } = await readSkillFile(text);
  if (head.name !== folderName) throw new SkillProblem(`SKILL.md names it ${head.name}, and its folder must be named like that`);
  return head;
}

const problemOf = (head: SkillHead | SkillProblem) => (head instanceof SkillProblem ? head.message : null);

function skillOf(name: string, folder: string, isInstalled: boolean, head: SkillHead | SkillProblem, missing: string[], installedAt: number): Skill {
  const { description, version, license, compatibility, allowedTools, metadata } = head instanceof SkillProblem ? unknown : head;
  return { name, description, version, license, compatibility, allowedTools, metadata, folder, isInstalled, missing, problem: problemOf(head), installedAt };
}

const unknown = { description: "", version: null, license: null, compatibility: null, allowedTools: [], metadata: {} };

function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOENT" || code === "ENOTDIR";
}
