import { SettingsError } from "../../settings/settings-error.ts";
import { PathError } from "./path.ts";

/** Runs a command, says on standard error why it failed, and gives the status to exit with. */
export async function failing(run: () => Promise<void>): Promise<number> {
  try {
    await run();
    return 0;
  } catch (error) {
    const { code, syscall, message } = error as NodeJS.ErrnoException;
    // What is neither a refusal of ours nor of the system is a mistake in the program, and keeps its stack.
    if (!(error instanceof SettingsError || error instanceof PathError || (code !== undefined && syscall !== undefined))) throw error;
    console.error(message);
    return error instanceof SettingsError ? error.exitCode : 1;
  }
}
