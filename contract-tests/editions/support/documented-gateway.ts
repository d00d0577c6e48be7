import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { afterAll, beforeAll, describe } from "vitest";
import { createAnswerCheck } from "../../../server/http/check-answer.ts";
import { startGateway } from "../../../server/main.ts";
import { loadSettings } from "../../../server/settings/load-settings.ts";
import { backends, type Backend, type BackendKind } from "./backends.ts";

/** A settings file as a document's reader would have written it. */
export interface SettingsFile {
  /** Named as in the document: the name says which syntax it is in. */
  name: string;
  text: string;
  /** The variables that the file names. */
  env?: Record<string, string>;
}

/** A gateway that was started with a document's settings file, on a port of the system's choice. */
export interface DocumentedGateway {
  url: string;
  backend: Backend;
}

/**
 * Describes a document's clients on each backend. `fileWith` writes the document's settings, with the given section
 * `models` (maybe empty) among them; `kind` is for tests that only one kind of backend can show. The gateway lives as long as the tests of one backend, so each test keeps to
 * sessions of its own.
 */
export function describeOnBackends(fileWith: (modelsSection: string) => SettingsFile, tests: (gateway: DocumentedGateway, kind: BackendKind) => void): void {
  describe.each(backends)("$name", ({ kind, start }) => {
    const gateway = {} as DocumentedGateway;
    const closing: (() => Promise<void>)[] = [];
    beforeAll(async () => {
      const backend = await start();
      closing.unshift(() => backend.close());
      const { url, close } = await startWithFile(fileWith(backend.section));
      closing.unshift(close);
      Object.assign(gateway, { url, backend });
    });
    afterAll(async () => {
      for (const close of closing.splice(0)) await close();
    });
    tests(gateway, kind);
  });
}

/** Starts a gateway with a settings file. `close` rejects when an answer was off the contract. */
export async function startWithFile({ name, text, env = {} }: SettingsFile): Promise<{ url: string; close: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "openclaw-edition-"));
  try {
    const config = join(folder, name);
    await writeFile(config, text);
    const { settings, source } = await loadSettings({ argv: { config, port: 0 }, env: { OPENCLAW_STATE_DIR: folder, ...env }, homeDir: folder });
    const violations: string[] = [];
    const running = await startGateway(settings, { log: pino({ level: "silent" }, { write() {} }), checkAnswer: createAnswerCheck(violations), source });
    return {
      url: running.url,
      async close() {
        await running.stop(0);
        await rm(folder, { recursive: true, force: true });
        if (violations.length > 0) throw new Error(`answers off the contract:\n${violations.join("\n")}`);
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
