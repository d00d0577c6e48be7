import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createSkills, type Skills, type SkillsOptions, type SkillsSettings } from "../service.ts";

/** A SKILL.md. `head` is further lines of YAML. */
export function skillFile(name: string, { description = `What ${name} is for`, head = "", instructions = `How to do ${name}.` }: { description?: string; head?: string; instructions?: string } = {}): string {
  return `---\nname: ${name}\ndescription: ${description}\n${head}---\n\n${instructions}\n`;
}

export interface SkillsFolder {
  /** Has `roots/first`, `roots/second` and `downloads` in it, once something is written there. */
  readonly path: string;
  readonly settings: SkillsSettings;
  write(path: string, content: string | Buffer): Promise<string>;
  /** Skills of these folders, which are looked through at each use. */
  skills(overrides?: Partial<SkillsSettings>, options?: Partial<SkillsOptions>): Skills;
  remove(): Promise<void>;
}

/** A temporary folder for skills and what they are installed from. */
export async function makeSkillsFolder(): Promise<SkillsFolder> {
  const path = await realpath(await mkdtemp(join(tmpdir(), "openclaw-skills-")));
  const settings = { roots: [join(path, "roots/first"), join(path, "roots/second")], installFrom: [join(path, "downloads")], registry: null, allowPrivate: [] };
  return {
    path,
    settings,
    async write(file, content) {
      const absolute = join(path, file);
      await mkdir(dirname(absolute), { recursive: true });
      await writeFile(absolute, content);
      return absolute;
    },
    skills: (overrides = {}, options = {}) =>
      createSkills({ settings: { ...settings, ...overrides }, env: {}, hasTool: () => false, globsOf: async () => ({ agent: ["*"], workspace: [] }), freshForMs: 0, ...options }),
    remove: () => rm(path, { recursive: true, force: true }),
  };
}
