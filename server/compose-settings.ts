import { join } from "node:path";
import type { Logger } from "pino";
import { createSettingsHandlers } from "./settings/handlers.ts";
import type { SettingsSource } from "./settings/load-settings.ts";
import { createPlaceholders } from "./settings/placeholders.ts";
import { type Application, createSettingsService } from "./settings/service.ts";
import type { Settings } from "./settings/settings.ts";
import { createSettingsStore } from "./settings/store.ts";
import { watchSettings } from "./settings/watch.ts";

interface SettingsOptions {
  settings: Settings;
  /** Without it they can neither be read nor changed. */
  source: SettingsSource | undefined;
  application: Application;
  log: Logger;
  now: () => number;
  intervalMs: number | undefined;
}

/** The settings file, which is read and changed over HTTP, and watched for the hand of somebody else. */
export function composeSettings({ settings, source, application, log, now, intervalMs }: SettingsOptions) {
  const store = createSettingsStore({ file: source?.file ?? join(settings.stateDir, "openclaw.json") });
  const service = source ? createSettingsService({ source, settings, store, placeholders: createPlaceholders(), application, log, now }) : null;
  const watch = service && watchSettings({ file: store.file, settings: service, log, intervalMs });
  return { watch, handlers: createSettingsHandlers({ settings: service }) };
}
