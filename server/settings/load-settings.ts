import { checkShape } from "./check-shape.ts";
import { findFile, findStateDir } from "./find-file.ts";
import { fold } from "./fold.ts";
import type { Surroundings } from "./folding.ts";
import { parseText, readText } from "./parse-file.ts";
import { SettingsError } from "./settings-error.ts";
import type { Settings } from "./settings.ts";
import { substitute } from "./substitute.ts";

export { SettingsError } from "./settings-error.ts";

export interface LoadOptions {
  /** Options of the command line. */
  argv: { config?: string; port?: number; host?: string };
  env: NodeJS.ProcessEnv;
  homeDir: string;
}

export interface LoadedSettings {
  settings: Settings;
  source: SettingsSource;
  /** What can be used but is probably not meant, for the log. */
  warnings: string[];
}

/** Where settings come from: all that is needed to read them again. */
export interface SettingsSource {
  /** Absolute; null when there is none and all is defaults. */
  file: string | null;
  /** The file's text; null without one. */
  text: string | null;
  /** The value that the text stands for. */
  written: unknown;
  surroundings: Surroundings;
}

/** Finds, reads, checks and folds the settings. Throws a SettingsError with every fault. */
export async function loadSettings({ argv, env, homeDir }: LoadOptions): Promise<LoadedSettings> {
  const stateDir = findStateDir(env, homeDir);
  const { file, ignored } = findFile(argv.config, env, homeDir, stateDir);
  const text = file === null ? null : await readText(file);
  const written = file === null || text === null ? {} : await parseText(file, text);
  const surroundings = { argv, env, homeDir, stateDir, sourceFile: file };
  const { settings, warnings } = readSettings(written, surroundings);
  const others = ignored.map((other) => `${other} is not read, since there is ${file}.`);
  return { settings, source: { file, text, written, surroundings }, warnings: [...others, ...warnings] };
}

/** Checks and folds a value in the shape of the settings file. Throws a SettingsError with every fault. */
export function readSettings(parsed: unknown, surroundings: Surroundings): { settings: Settings; warnings: string[] } {
  const { sourceFile, env } = surroundings;
  const filled = substitute(parsed, env);
  const { file, faults: shapeFaults } = checkShape(filled.value, parsed);
  // Of a value whose variable is missing nothing else can be said.
  const known = new Set(filled.faults.map(({ path }) => path));
  const faults = [...filled.faults, ...shapeFaults.filter(({ path }) => !known.has(path))];
  if (file === null || faults.length > 0) throw new SettingsError(sourceFile, faults);
  const folded = fold(file, surroundings);
  if (folded.faults.length > 0) throw new SettingsError(sourceFile, folded.faults.map(({ path, message }) => ({ path, message: unfilled(message, filled.used) })));
  return { settings: folded.settings, warnings: folded.warnings };
}

/** A message with the variables' names instead of their values, which may be secrets. */
function unfilled(message: string, used: ReadonlyMap<string, string>): string {
  return [...used].reduce((text, [value, name]) => (value.length < 4 ? text : text.replaceAll(value, `\${${name}}`)), message);
}
