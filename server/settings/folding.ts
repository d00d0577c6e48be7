import { isAbsolute, resolve } from "node:path";
import type { SettingsFile } from "../../generated/server/settings.ts";
import { expandHome } from "./expand-home.ts";
import type { Fault } from "./settings-error.ts";

/** What settings depend on besides their file. */
export interface Surroundings {
  readonly argv: { readonly port?: number; readonly host?: string };
  readonly env: NodeJS.ProcessEnv;
  readonly homeDir: string;
  readonly stateDir: string;
  /** Absolute; null without one. */
  readonly sourceFile: string | null;
}

/** What the parts of the folding share: the file, where it is, and where faults go. */
export interface Folding extends Surroundings {
  readonly file: SettingsFile;
  /** Makes a path of the file absolute. */
  path(written: string): string;
  /** Notes what cannot be used; the part goes on with any value, so that all faults are found. */
  fault(path: string, message: string): void;
  /** Notes what can be used, but is probably not meant. */
  warn(message: string): void;
}

export function createFolding(file: SettingsFile, surroundings: Surroundings): Folding & { faults: Fault[]; warnings: string[] } {
  const faults: Fault[] = [];
  const warnings: string[] = [];
  const { homeDir, sourceFile, stateDir } = surroundings;
  const base = sourceFile === null ? stateDir : resolve(sourceFile, "..");
  return {
    ...surroundings,
    file,
    faults,
    warnings,
    path(written) {
      const expanded = expandHome(written, homeDir);
      return isAbsolute(expanded) ? expanded : resolve(base, expanded);
    },
    fault: (path, message) => void faults.push({ path, message }),
    warn: (message) => void warnings.push(message),
  };
}
