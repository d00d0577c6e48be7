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
  /** What was last said to be wrong with it. */
  let told: string | null = null;

  async function look(occasion: "tick" | "retry" | "asked"): Promise<void> {
    clearTimeout(retry);
    try {
      const error = await settings.reload();
      if (!error) told = null;
      else if (error.message === told) return;
      // Perhaps it is only half written: it has until then.
      else if (occasion === "tick") retry = setTimeout(() => void look("retry"), intervalMs).unref();
      else {
        told = error.message;
        log.error({ faults: error.faults }, "the settings file was changed and cannot be used; the settings before stay in force");
      }
    } catch (err) {
      log.error({ err }, "the settings file was changed and could not be put in force");
    }
  }

  const onTick = () => void look("tick");
  watchFile(file, { interval: intervalMs, persistent: false }, onTick);
  // It may have changed between the start's reading and now.
  onTick();

  return {
    reload: () => look("asked"),
    close() {
      clearTimeout(retry);
      unwatchFile(file, onTick);
    },
  };
}
