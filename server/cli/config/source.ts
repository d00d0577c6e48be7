import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { findFile, findStateDir } from "../../settings/find-file.ts";
import type { Surroundings } from "../../settings/folding.ts";
import { parseFile } from "../../settings/parse-file.ts";

/** The settings file as it is written, or as it would be. */
export interface Source {
  /** Where it is, or where it would be made. */
  file: string;
  exists: boolean;
  /** An empty object where there is no file. */
  value: unknown;
  surroundings: Surroundings;
}

/** Finds and reads the file without looking at what it means. Throws a SettingsError when it cannot be read. */
export async function readSource(config: string | undefined): Promise<Source> {
  const homeDir = homedir();
  const stateDir = findStateDir(process.env, homeDir);
  const file = findFile(config, process.env, homeDir, stateDir).file ?? join(stateDir, "openclaw.json");
  const exists = existsSync(file);
  return { file, exists, value: exists ? await parseFile(file) : {}, surroundings: { argv: {}, env: process.env, homeDir, stateDir, sourceFile: file } };
}
