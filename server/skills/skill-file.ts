/** What a SKILL.md says of its skill. */
export interface SkillHead {
  name: string;
  description: string;
  version: string | null;
  license: string | null;
  compatibility: string | null;
  allowedTools: string[];
  metadata: Record<string, string>;
  requires: Requirements;
}

/** What a skill needs of the gateway: programs on its `PATH`, variables of its environment, tools that are allowed. */
export interface Requirements {
  bins: string[];
  env: string[];
  tools: string[];
}

/** A SKILL.md, or a skill's folder, is not in order; the message says what is wrong, as the end of a sentence. */
export class SkillProblem extends Error {
  override readonly name = "SkillProblem";
}

/** The most bytes of a SKILL.md. */
export const maxSkillFileBytes = 256 * 1024;

const maxHeadLength = 16_384;

/**
 * Reads a SKILL.md as the Agent Skills format has it (https://agentskills.io/specification): YAML between two lines of `---`,
 * then the instructions. `requires` is our own. What else the head has is passed over. Throws a SkillProblem.
 */
export async function readSkillFile(text: string): Promise<{ head: SkillHead; instructions: string }> {
  const [, yaml, instructions = ""] = /^\uFEFF?---[ \t]*\r?\n((?:.*?\n)??)---[ \t]*(?:\r?\n(.*))?$/s.exec(text.slice(0, maxHeadLength)) ?? [];
  if (yaml === undefined) throw new SkillProblem("SKILL.md does not begin with a head of YAML between two lines of ---");
  return { head: await readHead(yaml), instructions: instructions + text.slice(maxHeadLength) };
}

async function readHead(yaml: string): Promise<SkillHead> {
  // Where there are no skills its memory is spared.
  const { parse } = await import("yaml");
  let head: unknown;
  try {
    // No aliases: a short head could unfold to gigabytes.
    head = parse(yaml, { maxAliasCount: 0 });
  } catch (error) {
    throw new SkillProblem(`the head of SKILL.md is not YAML: ${error instanceof Error ? error.message.split("\n", 1)[0] : "it cannot be read"}`);
  }
  const fields = record(head, "the head of SKILL.md");
  const metadata = Object.fromEntries(Object.entries(record(fields["metadata"] ?? {}, "metadata")).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]));
  const requires = record(fields["requires"] ?? {}, "requires");
  return {
    name: checkName(fields["name"]),
    description: text(fields["description"], "description", 1024) ?? missing("description"),
    version: text(fields["version"], "version", 64) ?? metadata["version"] ?? null,
    license: text(fields["license"], "license", 1024),
    compatibility: text(fields["compatibility"], "compatibility", 500),
    allowedTools: names(fields["allowed-tools"], "allowed-tools"),
    metadata,
    requires: { bins: names(requires["bins"], "requires.bins"), env: names(requires["env"], "requires.env"), tools: names(requires["tools"], "requires.tools") },
  };
}

/** Whether the format allows it as a skill's name. */
export function isSkillName(name: string): boolean {
  return name.length <= 64 && /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name);
}

function checkName(name: unknown): string {
  if (name === undefined || name === null) missing("name");
  if (typeof name !== "string" || !isSkillName(name)) throw new SkillProblem("its name must be 1 to 64 small letters, digits and single hyphens between them");
  return name;
}

function text(value: unknown, field: string, maxLength: number): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== "string" && typeof value !== "number") throw new SkillProblem(`${field} must be a text`);
  const trimmed = String(value).trim();
  if (trimmed.length > maxLength) throw new SkillProblem(`${field} has ${trimmed.length} characters; ${maxLength} are allowed`);
  return trimmed === "" ? null : trimmed;
}

/** A list, or as the format has it one text with blanks or commas between the names. */
function names(value: unknown, field: string): string[] {
  const list: unknown = typeof value === "string" ? value.split(/[\s,]+/).filter((name) => name !== "") : (value ?? []);
  if (!Array.isArray(list) || list.length > 100 || !list.every((name) => typeof name === "string" && name.length > 0 && name.length <= 128)) {
    throw new SkillProblem(`${field} must be a list of names`);
  }
  return list as string[];
}

function record(value: unknown, field: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new SkillProblem(`${field} must be a mapping of names to values`);
  return value as Record<string, unknown>;
}

function missing(field: string): never {
  throw new SkillProblem(`SKILL.md has no ${field}`);
}
