import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";
import type { Requirements } from "./skill-file.ts";

export interface RequirementsOptions {
  env: Readonly<Record<string, string | undefined>>;
  /** Whether there is such a tool and the settings allow it. */
  hasTool: (name: string) => boolean;
}

/** What of the requirements is not there, as `bin:…`, `env:…`, `tool:…`. */
export async function missingOf({ bins, env: variables, tools }: Requirements, { env, hasTool }: RequirementsOptions): Promise<string[]> {
  const found = await Promise.all(bins.map((bin) => isOnPath(bin, env["PATH"] ?? "")));
  return [
    ...bins.filter((_, index) => found[index] !== true).map((bin) => `bin:${bin}`),
    ...variables.filter((name) => !env[name]).map((name) => `env:${name}`),
    ...tools.filter((name) => !hasTool(name)).map((name) => `tool:${name}`),
  ];
}

async function isOnPath(bin: string, path: string): Promise<boolean> {
  // A path is no name: a skill has no business to ask what else is on the machine.
  if (/[/\\\0]/.test(bin)) return false;
  for (const folder of path.split(delimiter)) {
    if (folder === "") continue;
    const found = await access(join(folder, bin), constants.X_OK).then(() => true, () => false);
    if (found) return true;
  }
  return false;
}
