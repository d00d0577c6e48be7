import type { Command } from "commander";
import type { InstallOptions, SkillsCommandOptions } from "./skills/actions.ts";

/** `openclaw skills`: what agents can read, and what comes and goes. */
export function addSkillsCommand(program: Command): void {
  const skills = program.command("skills").description("list, install and remove skills");
  addSharedOptions(skills.command("list").description("list the skills, and what those that cannot be used lack")).action(async (options: SkillsCommandOptions) => {
    const { listSkills } = await import("./skills/actions.ts");
    process.exitCode = await listSkills(options);
  });
  addSharedOptions(
    skills
      .command("install")
      .description("install a skill; nothing of it is run")
      .argument("<path|name>", "a folder with a SKILL.md, a .tar.gz or a .zip; or a name of the registry in the settings, name@version for one version"),
  )
    .option("-f, --force", "replace a skill of the same name")
    .action(async (source: string, options: InstallOptions) => {
      const { installSkill } = await import("./skills/actions.ts");
      process.exitCode = await installSkill(source, options);
    });
  addSharedOptions(skills.command("remove").description("remove a skill with all its files").argument("<name>", "its name")).action(async (name: string, options: SkillsCommandOptions) => {
    const { removeSkill } = await import("./skills/actions.ts");
    process.exitCode = await removeSkill(name, options);
  });
}

function addSharedOptions(command: Command): Command {
  return command
    .option("-c, --config <file>", "settings file, JSON5 or YAML")
    .option("--json", "print JSON, as /api/v1/skills answers it")
    .addHelpText(
      "after",
      `
It works on the folders of the settings (skills.roots) themselves, with or without a gateway that runs: it sees what is changed
within two seconds.
Exit status: 0 done; 64 refused, with what is known instead; 69 the registry cannot be reached; 78 the settings cannot be used;
1 anything else.`,
    );
}
