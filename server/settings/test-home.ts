import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { loadSettings, SettingsError, type LoadedSettings, type LoadOptions } from "./load-settings.ts";

export type HomeOptions = Partial<Pick<LoadOptions, "argv" | "env">>;

/** A home folder of a test's own. */
export interface TestHome {
  path: string;
  /** Writes a file below it, and gives its path. */
  write(name: string, content: string | Uint8Array): string;
  load(options?: HomeOptions): Promise<LoadedSettings>;
}

export function createTestHome(): TestHome {
  const path = mkdtempSync(join(tmpdir(), "openclaw-settings-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return {
    path,
    write(name, content) {
      const file = join(path, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
      return file;
    },
    load: ({ argv = {}, env = {} } = {}) => loadSettings({ argv, env, homeDir: path }),
  };
}

/** Loads a text, or a value, as the file that `--config` names. */
export async function load(content: unknown, { env, argv, name = "settings.json5" }: HomeOptions & { name?: string } = {}): Promise<LoadedSettings> {
  const home = createTestHome();
  const file = home.write(name, typeof content === "string" || content instanceof Uint8Array ? content : JSON.stringify(content));
  return home.load({ argv: { config: file, ...argv }, env: env ?? {} });
}

/** The faults that loading ends with, as `path message` each. */
export async function faultsOf(loading: Promise<LoadedSettings>): Promise<string[]> {
  return (await errorOf(loading)).faults.map(({ path, message }) => `${path} ${message}`);
}

export async function errorOf(loading: Promise<LoadedSettings>): Promise<SettingsError> {
  const thrown: unknown = await loading.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof SettingsError)) throw new Error(`expected a SettingsError, got ${String(thrown)}`);
  return thrown;
}

export function fixture(name: string): string {
  return readFileSync(join(import.meta.dirname, "fixtures", name), "utf8");
}
