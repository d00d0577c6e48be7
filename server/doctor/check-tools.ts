import { existsSync, realpathSync } from "node:fs";
import { dirname, relative } from "node:path";
import { dangerousBuiltins, refusalBySettings } from "../tools/policy.ts";
import type { Examination } from "./examination.ts";
import { type Finding, ok, warning } from "./finding.ts";

/** What the tools may touch. */
export function checkTools({ settings, homeDir, stateDir }: Pick<Examination, "settings" | "homeDir" | "stateDir">): Finding[] {
  if (settings === null) return [];
  const { roots } = settings.tools;
  const allowed = [...dangerousBuiltins].filter((name) => refusalBySettings({ name, isDangerous: true }, settings.tools) === null);
  const findings = [
    ...roots.flatMap((root) => checkRoot(root, homeDir, stateDir)),
    ...allowed.map((name) => warning(`The tool ${name} is allowed: whoever talks to an agent that has it can do harm with it.`, `Add "${name}" to tools.deny, or give it only to agents for people you trust.`)),
  ];
  return findings.length > 0 ? findings : [ok(`Tools read below ${roots.join(", ") || "no folder"} only, and none that does harm is allowed.`)];
}

function checkRoot(root: string, homeDir: string, stateDir: string): Finding[] {
  if (!existsSync(root)) {
    // The default is the gateway's own to make.
    return dirname(root) === stateDir ? [] : [warning(`The folder ${root} of tools.roots is not there.`, `mkdir -p ${root}`)];
  }
  const holdsSecrets = [homeDir, stateDir].some((folder) => existsSync(folder) && !/^\.\.(\/|$)/.test(relative(realpathSync(root), realpathSync(folder))));
  return holdsSecrets ? [warning(`The tools may read all of ${root}, in which there are secrets.`, "Name a folder in tools.roots that holds only what agents may see.")] : [];
}
