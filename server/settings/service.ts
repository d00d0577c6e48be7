/**
 * The settings while the gateway runs: read, changed over HTTP, and taken up again when somebody edits their file.
 *
 * Everything happens one after the other. What is new is checked as at a start before anything is written; then it is written,
 * then it takes effect. The settings in force are always good ones: a file that somebody broke changes nothing but the log.
 */
import type { Logger } from "pino";
import { GatewayError } from "../errors.ts";
import { requireUnbound } from "../keys/principal.ts";
import { readSettings, type SettingsSource } from "./load-settings.ts";
import { lockOutReasons, type Author } from "./lock-out.ts";
import { mergePatch } from "./merge-patch.ts";
import { settingsNotInForce } from "./not-in-force.ts";
import { formatOf, maxFileBytes, parseText } from "./parse-file.ts";
import type { Placeholders } from "./placeholders.ts";
import { SettingsError, type Fault } from "./settings-error.ts";
import type { Settings } from "./settings.ts";
import type { SettingsStore } from "./store.ts";

/** The settings as anybody may see them who may see settings. */
export interface ShownSettings {
  /** In the file's shape, as they stand there, secrets redacted. */
  written: unknown;
  /** Names this version of the file. */
  version: string;
}

export interface ChangedSettings extends ShownSettings {
  /** JSON pointers into the file. */
  restartRequired: string[];
  warnings: string[];
}

/** Under which circumstances to make a change. */
export interface ChangeConditions {
  /** The versions that may be changed; null for any. */
  versions: readonly string[] | null;
  /** Although it would lock the author out, or the file was broken by hand. */
  force: boolean;
}

export interface SettingsService {
  /** Throws `forbidden` to a key that is bound to workspaces. */
  read(reader: Author): Promise<ShownSettings>;
  /**
   * Replaces all settings. Throws `forbidden` to a key that is bound to workspaces, `bad_request` with every fault, `precondition_failed`, `conflict` when the author would lock
   * himself out, `payload_too_large`, and `service_unavailable` when the file cannot be written.
   */
  replace(settings: unknown, author: Author, conditions: ChangeConditions): Promise<ChangedSettings>;
  /** Changes them by a merge patch (RFC 7396). Throws as `replace` does. */
  patch(patch: unknown, author: Author, conditions: ChangeConditions): Promise<ChangedSettings>;
  /** Takes up what somebody has written into the file. What is wrong with it is given back, and changes nothing. */
  reload(): Promise<SettingsError | null>;
}

/** How settings reach the parts of the running gateway. */
export interface Application {
  /** Exchanges what differs from the previous settings. */
  apply(next: Settings, previous: Settings): Promise<void>;
  /** Pointers to what differs from the settings of the start and is only read there. */
  restartRequired(next: VersionedSettings, started: VersionedSettings): string[];
}

/** Settings folded, and the value of the file that they come from. */
export interface VersionedSettings {
  settings: Settings;
  written: unknown;
}

export interface SettingsServiceOptions {
  source: SettingsSource;
  /** What the source came to. */
  settings: Settings;
  store: SettingsStore;
  placeholders: Placeholders;
  application: Application;
  log: Logger;
  now: () => number;
}

export function createSettingsService({ source, settings, store, placeholders, application, log, now }: SettingsServiceOptions): SettingsService {
  const surroundings = { ...source.surroundings, sourceFile: store.file };
  const started: VersionedSettings = { settings, written: source.written };
  let inForce: VersionedSettings & { text: string | null } = { ...started, text: source.text };
  let queue: Promise<unknown> = Promise.resolve();

  /** Behind whatever is under way. */
  function enqueue<T>(work: () => Promise<T>): Promise<T> {
    const done = queue.then(work);
    queue = done.catch(() => {});
    return done;
  }

  const show = (): ShownSettings => ({ written: placeholders.hide(inForce.written), version: placeholders.markOf(inForce.text ?? "") });

  async function enforce(next: typeof inForce): Promise<void> {
    await application.apply(next.settings, inForce.settings);
    inForce = next;
  }

  /** Puts the file in force as it stands. What is wrong with it, when it cannot be used. */
  async function takeUp(): Promise<SettingsError | null> {
    try {
      const text = await store.read();
      if (text === inForce.text) return null;
      if (text === null) throw new SettingsError(store.file, [{ path: "", message: "There is no such file any more." }]);
      const written = await parseText(store.file, text);
      const read = readSettings(written, surroundings);
      await enforce({ text, written, settings: read.settings });
      log.info({ restartRequired: application.restartRequired(inForce, started) }, "the settings file was changed and is in force");
      for (const warning of [...read.warnings, ...settingsNotInForce(read.settings)]) log.warn(warning);
      return null;
    } catch (error) {
      if (error instanceof SettingsError) return error;
      throw error;
    }
  }

  async function change(sent: unknown, combine: (sent: unknown) => unknown, author: Author, { versions, force }: ChangeConditions): Promise<ChangedSettings> {
    // Somebody may have edited the file a moment ago: his work is not to be overwritten.
    const broken = await takeUp();
    if (broken && !force) throw brokenByHand(broken);
    const isWanted = versions === null || versions.includes(show().version);
    if (!isWanted) throw new GatewayError("precondition_failed", "The settings have changed since. Read them again, and send their new `ETag` as `If-Match`.");

    const restored = placeholders.restore(sent, inForce.written);
    if (restored.faults.length > 0) throw notUsable(restored.faults);
    const written = combine(restored.value);
    const read = check(written);
    const reasons = force ? [] : lockOutReasons(author, inForce.settings, read.settings, now());
    if (reasons.length > 0) throw lockedOut(reasons);

    const isNew = inForce.text === null;
    const text = await textOf(written);
    if (text !== inForce.text || broken) await store.write(text).catch(refuse);
    await enforce({ text, written, settings: read.settings });
    if (isNew) log.info({ file: store.file }, "the settings are in a new file");
    const warnings = [...read.warnings, ...settingsNotInForce(read.settings)];
    if (isNew) warnings.unshift("There was no settings file; one was made in the state folder.");
    return { ...show(), restartRequired: application.restartRequired(inForce, started), warnings };
  }

  function check(written: unknown): { settings: Settings; warnings: string[] } {
    try {
      return readSettings(written, surroundings);
    } catch (error) {
      throw error instanceof SettingsError ? notUsable(error.faults) : error;
    }
  }

  /** The file's text, changed so that it stands for a value; comments stay. */
  async function textOf(written: unknown): Promise<string> {
    const text = await edited(inForce.text ?? "", written);
    if (Buffer.byteLength(text) > maxFileBytes) throw new GatewayError("payload_too_large", `The settings are larger than ${maxFileBytes} bytes.`, { details: { limitBytes: maxFileBytes } });
    return text;
  }

  async function edited(text: string, written: unknown): Promise<string> {
    // Most gateways never need it: their settings are changed by hand.
    const { editText } = await import("./edit-text.ts");
    try {
      return editText(formatOf(store.file), text, written);
    } catch (cause) {
      throw new GatewayError("conflict", "The settings file is written in a way in which this cannot be changed without changing what else it says. Change it by hand.", { cause });
    }
  }

  function refuse(cause: unknown): never {
    const { code = "unknown reason" } = cause as NodeJS.ErrnoException;
    throw new GatewayError("service_unavailable", `The settings file cannot be written (${code}). Everything is as it was.`, { cause, retryAfterSeconds: 30 });
  }

  return {
    async read(reader) {
      requireUnbound(reader, settingsOfAll);
      return await enqueue(async () => {
        await takeUp();
        return show();
      });
    },
    async replace(sent, author, conditions) {
      requireUnbound(author, settingsOfAll);
      return await enqueue(() => change(sent, (value) => value, author, conditions));
    },
    async patch(sent, author, conditions) {
      requireUnbound(author, settingsOfAll);
      return await enqueue(() => change(sent, (value) => mergePatch(inForce.written, value), author, conditions));
    },
    reload: () => enqueue(takeUp),
  };
}

/** The settings have the keys and the users of every workspace: nobody of one may look at them, nor give himself the others. */
const settingsOfAll = "Settings";

/** A hostile body can be wrong in as many places as it has members. */
const mostFaults = 50;

const shown = (faults: readonly Fault[]) => faults.slice(0, mostFaults).map(({ path, message }) => ({ path, message }));

function notUsable(faults: readonly Fault[]): GatewayError {
  const [first] = faults;
  const rest = faults.length > 1 ? ` (and ${faults.length - 1} more)` : "";
  return new GatewayError("bad_request", `These settings cannot be used: ${first?.path ?? ""} ${first?.message ?? ""}${rest}`, { details: { errors: shown(faults) } });
}

function brokenByHand({ faults }: SettingsError): GatewayError {
  return new GatewayError("conflict", "The settings file was changed by hand and cannot be used as it is; the gateway goes on with the settings before. Repair it, or send the change with `?force=true`, which replaces it.", {
    details: { errors: shown(faults) },
  });
}

function lockedOut(reasons: readonly string[]): GatewayError {
  return new GatewayError("conflict", `With these settings ${reasons.join(", and ")}: you could not take them back. Send them with \`?force=true\` if that is meant.`, { details: { reasons } });
}
