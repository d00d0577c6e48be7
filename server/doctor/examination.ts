import { findStateDir } from "../settings/find-file.ts";
import { loadSettings, SettingsError } from "../settings/load-settings.ts";
import { settingsNotInForce } from "../settings/not-in-force.ts";
import type { Fault } from "../settings/settings-error.ts";
import type { Settings } from "../settings/settings.ts";

/** What the checks look at. */
export interface Examination {
  stateDir: string;
  homeDir: string;
  /** Null without one. */
  file: string | null;
  /** Null when they cannot be used; `faults` says why. */
  settings: Settings | null;
  faults: readonly Fault[];
  warnings: readonly string[];
  /** Of the program that checks. */
  version: string;
  /** Epoch milliseconds. */
  now: number;
}

export interface ExaminationOptions {
  config?: string | undefined;
  env: NodeJS.ProcessEnv;
  homeDir: string;
  version: string;
  now: number;
}

/** Loads the settings as a start would. */
export async function examine({ config, env, homeDir, version, now }: ExaminationOptions): Promise<Examination> {
  const common = { stateDir: findStateDir(env, homeDir), homeDir, version, now };
  try {
    const { settings, source, warnings } = await loadSettings({ argv: config === undefined ? {} : { config }, env, homeDir });
    return { ...common, file: source.file, settings, faults: [], warnings: [...warnings, ...settingsNotInForce(settings)] };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return { ...common, file: error.file, settings: null, faults: error.faults, warnings: [] };
  }
}
