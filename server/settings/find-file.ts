import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { expandHome } from "./expand-home.ts";

/** Where the gateway keeps what it keeps: `$OPENCLAW_STATE_DIR`, else `~/.openclaw`. Absolute. */
export function findStateDir(env: NodeJS.ProcessEnv, homeDir: string): string {
  return resolve(expandHome(env["OPENCLAW_STATE_DIR"] || join(homeDir, ".openclaw"), homeDir));
}

export interface FoundFile {
  /** Absolute; null when there is none, which means defaults. */
  file: string | null;
  /** Files that would have been read if `file` were not there. */
  ignored: string[];
}

/**
 * The settings file: `--config`, `$OPENCLAW_CONFIG_PATH`, else the first that exists in the state folder, `~/.openclaw` and
 * `~/.config/openclaw`. One that is named is taken whether it exists or not, so that a typing error does not start a
 * gateway with defaults.
 */
export function findFile(option: string | undefined, env: NodeJS.ProcessEnv, homeDir: string, stateDir: string): FoundFile {
  const named = option ?? (env["OPENCLAW_CONFIG_PATH"] || undefined);
  if (named !== undefined) return { file: resolve(expandHome(named, homeDir)), ignored: [] };
  const home = join(homeDir, ".openclaw");
  const candidates = new Set([
    ...["openclaw.json", "openclaw.json5", "gateway.yaml"].map((name) => join(stateDir, name)),
    join(home, "openclaw.json"),
    join(home, "openclaw.json5"),
    join(home, "gateway.yaml"),
    join(homeDir, ".config/openclaw/openclaw.json5"),
  ]);
  const [file = null, ...ignored] = [...candidates].filter((candidate) => existsSync(candidate));
  return { file, ignored };
}
