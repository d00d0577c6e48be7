import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { ToolError, type Tool, type ToolContext } from "../tools/port.ts";
import { createReadTool } from "../tools/builtin/read.ts";
import { type Skill, skillFileName } from "./skill.ts";
import { readSkillFile } from "./skill-file.ts";

/** The name of the tool that reads a skill. */
export const skillToolName = "skill";

const maxListedFiles = 100;

/** `skill {name, file?}`: the instructions of a skill, or a text file of its folder. `choose` says which skills the caller may read. */
export function createSkillTool(choose: (context: ToolContext) => Promise<readonly Skill[]>): Tool {
  return {
    name: skillToolName,
    description: "Reads a skill: instructions for a certain kind of work. With `file`, a text file that belongs to it.",
    inputSchema: {
      type: "object",
      properties: {
        name: { type: "string", minLength: 1, maxLength: 64, description: "The skill's name" },
        file: { type: "string", minLength: 1, maxLength: 1024, description: "A file of the skill, such as references/forms.md" },
      },
      required: ["name"],
      additionalProperties: false,
    },
    async invoke(input, context) {
      const { name, file } = input as { name: string; file?: string };
      const skills = await choose(context);
      const skill = skills.find((candidate) => candidate.name === name);
      if (skill === undefined) throw new ToolError(`There is no skill ${JSON.stringify(name)}. ${skills.length === 0 ? "There is none to read here." : `The skills are ${skills.map((known) => known.name).join(", ")}.`}`);
      // The same guards as for any file that an agent reads, with the skill's folder as the only one there is.
      const read = (path: string) => createReadTool({ roots: [skill.folder] }).invoke({ path }, context);
      return file === undefined ? await instructionsOf(skill, await read(skillFileName)) : read(file);
    },
  };
}

async function instructionsOf({ folder }: Skill, text: string): Promise<string> {
  const files = await filesOf(folder);
  const listed = files.length === 0 ? "" : `\n\n[Files of this skill: ${files.slice(0, maxListedFiles).join(", ")}${files.length > maxListedFiles ? " …" : ""}]`;
  return `${(await readSkillFile(text)).instructions.trim()}${listed}`;
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  return files.filter((path) => path !== skillFileName).sort();
}
