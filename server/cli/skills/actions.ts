import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { GatewayError } from "../../errors.ts";
import { owner } from "../../keys/key.ts";
import { loadSettings, SettingsError } from "../../settings/load-settings.ts";
import { encodeSkill } from "../../skills/encode.ts";
import { createSkills, skillsSettings, type SkillOrigin, type Skills } from "../../skills/service.ts";
import { dangerousBuiltins, refusalBySettings } from "../../tools/policy.ts";
import { exitStatus } from "../exit-status.ts";
import { showSkills } from "./show.ts";

export interface SkillsCommandOptions {
  config?: string;
  json?: boolean;
}

export interface InstallOptions extends SkillsCommandOptions {
  force?: boolean;
}

// Each does what its command says, and resolves with the exit status.

export function listSkills(options: SkillsCommandOptions): Promise<number> {
  return withSkills(options, async (skills) => {
    const all = await skills.list();
    console.log(options.json ? JSON.stringify({ skills: all.map(encodeSkill) }) : showSkills(all));
  });
}

export function installSkill(source: string, { force = false, ...options }: InstallOptions): Promise<number> {
  return withSkills(options, async (skills) => {
    const skill = await skills.install(owner, originOf(source), { force });
    console.log(options.json ? JSON.stringify(encodeSkill(skill)) : `Installed: ${skill.name}${skill.version === null ? "" : ` ${skill.version}`}`);
    if (skill.missing.length > 0) console.error(`It is not used until there is ${skill.missing.join(", ")}.`);
  });
}

export function removeSkill(name: string, options: SkillsCommandOptions): Promise<number> {
  return withSkills(options, async (skills) => {
    await skills.remove(owner, name);
    console.log(options.json ? JSON.stringify({ name, removed: true }) : `Removed: ${name}`);
  });
}

/** What looks like a path, or is one, is a path. */
function originOf(source: string): SkillOrigin {
  if (/[/\\]|\.(?:zip|tgz|tar\.gz)$/i.test(source) || existsSync(source)) return { path: source };
  const [, name = source, version] = /^(.+)@([^@]+)$/.exec(source) ?? [];
  return { name, version };
}

async function withSkills({ config }: SkillsCommandOptions, act: (skills: Skills) => Promise<void>): Promise<number> {
  // Whoever reads may have had enough: `openclaw skills list | head -1`.
  process.stdout.on("error", () => process.exit(exitStatus.failed));
  try {
    const { settings } = await loadSettings({ argv: config === undefined ? {} : { config }, env: process.env, homeDir: homedir() });
    const skills = createSkills({
      // Whoever runs this can read the files himself: he may install from anywhere.
      settings: { ...skillsSettings(settings), installFrom: "*" },
      env: process.env,
      // Which tools there are is known to a gateway that runs; here, which are allowed.
      hasTool: (name) => refusalBySettings({ name, isDangerous: dangerousBuiltins.has(name) }, settings.tools) === null,
      globsOf: async () => ({ agent: [], workspace: [] }),
    });
    await act(skills);
    return exitStatus.done;
  } catch (error) {
    if (!(error instanceof SettingsError || error instanceof GatewayError)) throw error;
    console.error(error.message);
    if (error instanceof SettingsError) return exitStatus.settings;
    return error.status >= 500 ? exitStatus.unavailable : exitStatus.refused;
  }
}
