import type { components } from "../../generated/server/contract.ts";
import { isUsable, type Skill } from "./skill.ts";

/** A skill as the contract has it: where its folder is stays inside. */
export function encodeSkill(skill: Skill): components["schemas"]["Skill"] {
  const { name, description, version, isInstalled, missing, problem, license, compatibility, allowedTools, metadata, installedAt } = skill;
  return {
    name,
    description,
    enabled: isUsable(skill),
    version,
    source: isInstalled ? "installed" : "folder",
    missing: [...missing],
    problem,
    license,
    compatibility,
    allowedTools: [...allowedTools],
    metadata: { ...metadata },
    installedAt: new Date(installedAt).toISOString(),
  };
}
