import { homedir } from "node:os";
import { openKeys } from "../../compose-keys.ts";
import { GatewayError } from "../../errors.ts";
import type { Keys } from "../../keys/service.ts";
import { loadSettings, SettingsError } from "../../settings/load-settings.ts";
import { DatabaseOpenError } from "../../storage/database-open-error.ts";
import { exitStatus } from "../exit-status.ts";

/** Opens the keys of the settings, does something with them, and closes them. What goes wrong is said; resolves with the exit status. */
export async function withKeys({ config }: { config?: string }, act: (keys: Keys) => Promise<void>): Promise<number> {
  // Whoever reads may have had enough: `openclaw token list | head -1`.
  process.stdout.on("error", () => process.exit(exitStatus.failed));
  let file: string | null = null;
  try {
    const loaded = await loadSettings({ argv: config === undefined ? {} : { config }, env: process.env, homeDir: homedir() });
    file = loaded.source.file;
    const { keys, close } = await openKeys(loaded.settings);
    try {
      await act(keys);
    } finally {
      await close();
    }
    return exitStatus.done;
  } catch (error) {
    const { text, status } = explain(error, file);
    console.error(text);
    return status;
  }
}

function explain(error: unknown, file: string | null): { text: string; status: number } {
  if (error instanceof SettingsError) return { text: error.message, status: exitStatus.settings };
  if (error instanceof DatabaseOpenError) return { text: error.message, status: exitStatus.unavailable };
  if (!(error instanceof GatewayError)) throw error;
  const { message, status, details } = error;
  const where = "place" in details && file !== null ? ` The settings are in ${file}.` : "";
  return { text: message + where, status: status === 503 ? exitStatus.unavailable : status < 500 ? exitStatus.refused : exitStatus.failed };
}
