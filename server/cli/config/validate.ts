import { homedir } from "node:os";
import { loadSettings, SettingsError } from "../../settings/load-settings.ts";
import { settingsNotInForce } from "../../settings/not-in-force.ts";
import type { Fault } from "../../settings/settings-error.ts";

interface Outcome {
  file: string | null;
  valid: boolean;
  faults: readonly Fault[];
  warnings: readonly string[];
}

/** `openclaw config validate`: 0, or 78 when the gateway could not start with the file. */
export async function validate({ config, json = false }: { config?: string; json?: boolean }): Promise<number> {
  const outcome = await check(config);
  if (json) console.log(JSON.stringify(outcome, null, 2));
  else print(outcome);
  return outcome.valid ? 0 : 78;
}

async function check(config: string | undefined): Promise<Outcome> {
  try {
    const { settings, source, warnings } = await loadSettings({ argv: config === undefined ? {} : { config }, env: process.env, homeDir: homedir() });
    return { file: source.file, valid: true, faults: [], warnings: [...warnings, ...settingsNotInForce(settings)] };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return { file: error.file, valid: false, faults: error.faults, warnings: [] };
  }
}

function print({ file, valid, faults, warnings }: Outcome): void {
  console.log(file ?? "No settings file: the defaults are used.");
  for (const { path, message } of faults) console.log(`  ✗ ${path === "" ? "" : `${path} `}${message}`);
  for (const warning of warnings) console.log(`  ! ${warning}`);
  if (valid) console.log("  ✓ The settings can be used.");
  else console.log(`The gateway would not start: ${faults.length === 1 ? "this is wrong" : `these ${faults.length} things are wrong`} with its settings.`);
}
