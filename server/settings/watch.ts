import { unwatchFile, watchFile } from "node:fs";
import type { Logger } from "pino";
import type { SettingsService } from "./service.ts";

export interface SettingsWatch {
  /** Reads the file now, changed or not. */
  reload(): Promise<void>;
  close(): void;
}

/**
 * Looks at the settings file again and again, and has it taken up when it has changed. By its state rather than by events of
 * the file system, which are lost on network drives and across renames, and which a folder mounted into a container has none of.
 */
export function watchSettings({ file, settings, log, intervalMs = 1000 }: { file: string; settings: SettingsService; log: Logger; intervalMs?: number | undefined }): SettingsWatch {
  let retry: NodeJS.Timeout | undefined;
  /** What was last wrong with it, and whether that was told. */
  let trouble: { message: string; isTold: boolean } | null = null;

  async function look(isSure: boolean): Promise<void> {
    clearTimeout(retry);
    try {
      const error = await settings.reload();
      if (!error) trouble = null;
      else if (!isSure && trouble?.message !== error.message) {
        // Perhaps it is only half written: it has until the next look.
        trouble = { message: error.message, isTold: false };
        retry = setTimeout(onTick, intervalMs).unref();
      } else if (trouble?.isTold !== true || trouble.message !== error.message) {
        trouble = { message: error.message, isTold: true };
        log.error({ faults: error.faults }, "the settings file was changed and cannot be used; the settings before stay in force");
      }
    } catch (err) {
      log.error({ err }, "the settings file was changed and could not be put in force");
    }
  }

  const onTick = () => void look(false);
  watchFile(file, { interval: intervalMs, persistent: false }, onTick);
  // It may have changed between the start's reading and now.
  onTick();

  return {
    reload: () => look(true),
    close() {
      clearTimeout(retry);
      unwatchFile(file, onTick);
    },
  };
}
