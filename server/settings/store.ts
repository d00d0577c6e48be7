import { readText } from "./parse-file.ts";
import { SettingsError } from "./settings-error.ts";
import { replaceFile } from "./write-file.ts";

/** The settings file. */
export interface SettingsStore {
  readonly file: string;
  /** Its text; null when there is none. Throws a SettingsError when it cannot be read. */
  read(): Promise<string | null>;
  /** Replaces it as a whole and keeps what it said before; makes it where there is none. Throws the file system's error, and then it is as it was. */
  write(text: string): Promise<void>;
}

export function createSettingsStore({ file, replace = replaceFile }: { file: string; replace?: typeof replaceFile }): SettingsStore {
  return {
    file,
    async read() {
      try {
        return await readText(file);
      } catch (error) {
        if (error instanceof SettingsError && (error.cause as NodeJS.ErrnoException | undefined)?.code === "ENOENT") return null;
        throw error;
      }
    },
    write: (text) => replace(file, text),
  };
}
