import type { SecretMask } from "../secrets.ts";
import type { LoggingSettings } from "../settings/settings.ts";
import { createFileStore } from "./file-store.ts";
import { createRingStore } from "./ring-store.ts";
import type { LogStore } from "./log-store.ts";

/** The store that the settings ask for: a file, or the last lines in memory. A file that cannot be written is told on standard error. */
export function createLogStore({ file, maxFileBytes, maxFiles }: Pick<LoggingSettings, "file" | "maxFileBytes" | "maxFiles">, mask: SecretMask): LogStore {
  if (file === null) return createRingStore();
  return createFileStore({
    file,
    maxFileBytes,
    maxFiles,
    onFailure: ({ message }) => console.error(mask.hide(`The log cannot be written to ${file} (${message}). Requests are served all the same, and it is tried again.`)),
  });
}
