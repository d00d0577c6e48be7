import { accessSync, constants, existsSync } from "node:fs";
import { dirname } from "node:path";
import type { Examination } from "./examination.ts";
import { type Finding, ok, problem } from "./finding.ts";

/** Whether the gateway may write where it keeps things. */
export function checkFolders({ stateDir, settings }: Pick<Examination, "stateDir" | "settings">): Finding[] {
  const folders = new Set([stateDir, ...(settings?.logging.file == null ? [] : [dirname(settings.logging.file)]), ...(settings?.skills.roots ?? [])]);
  const closed = [...folders].filter((folder) => !isWritable(folder));
  if (closed.length === 0) return [ok("The folders of the state, the logs and the skills can be written.")];
  return closed.map((folder) => problem(`${folder} cannot be written.`, "Give the user who runs the gateway the right to write it, or name another one in the settings."));
}

/** A folder that is missing can be made where the first one above it that is there can be written. */
function isWritable(folder: string): boolean {
  if (!existsSync(folder) && dirname(folder) !== folder) return isWritable(dirname(folder));
  try {
    // With a slash a file in the folder's place is refused as well.
    accessSync(`${folder}/`, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
