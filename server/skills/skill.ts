import type { Settings } from "../settings/settings.ts";

/** A skill: a folder with a SKILL.md, usable or not. */
export interface Skill {
  /** The folder's name, and what the SKILL.md says where it is in order. */
  readonly name: string;
  /** Empty where the skill has a problem. */
  readonly description: string;
  readonly version: string | null;
  readonly license: string | null;
  readonly compatibility: string | null;
  /** What it says it uses. It allows nothing. */
  readonly allowedTools: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  /** Absolute. */
  readonly folder: string;
  /** Whether it lies in the folder that installing uses. */
  readonly isInstalled: boolean;
  /** What it requires and the gateway lacks: `bin:…`, `env:…`, `tool:…`. */
  readonly missing: readonly string[];
  /** Why it cannot be used, whatever is there. */
  readonly problem: string | null;
  /** When its folder came there, in epoch milliseconds. */
  readonly installedAt: number;
}

/** Whether agents may be told of it. */
export function isUsable({ missing, problem }: Skill): boolean {
  return problem === null && missing.length === 0;
}

/** The file that makes a folder a skill. */
export const skillFileName = "SKILL.md";

/** What the settings say of skills. */
export interface SkillsSettings {
  /** Absolute; the first one is where skills are installed. */
  readonly roots: readonly string[];
  /** Absolute folders that skills may be installed from; `*` for any, where the owner asks at his own machine. */
  readonly installFrom: readonly string[] | "*";
  /** URL of an index of skills. */
  readonly registry: string | null;
  /** Private networks that archives may be fetched from; the registry's own host may be in any. */
  readonly allowPrivate: readonly string[];
}

export function skillsSettings({ skills, network }: Pick<Settings, "skills" | "network">): SkillsSettings {
  return { ...skills, allowPrivate: network.allowPrivate };
}
