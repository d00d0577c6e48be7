import { readFile } from "node:fs/promises";
import json5 from "json5";
import { editText } from "../../settings/edit-text.ts";
import { readSettings } from "../../settings/load-settings.ts";
import { formatOf } from "../../settings/parse-file.ts";
import { SettingsError } from "../../settings/settings-error.ts";
import { replaceFile } from "../../settings/write-file.ts";
import { failing } from "./failing.ts";
import { parsePath, setAt, unsetAt } from "./path.ts";
import { readSource } from "./source.ts";

interface FileOptions {
  config?: string;
}

/** `openclaw config set`: changes the file when the gateway could use the outcome. 78 when it could not. */
export function set(path: string, written: string, { config }: FileOptions): Promise<number> {
  return change(config, (value) => setAt(value, parsePath(path), valueOf(written)), `${path} is set`);
}

/** `openclaw config unset`: as `set`. 1 when there was nothing. */
export function unset(path: string, { config }: FileOptions): Promise<number> {
  return change(config, (value) => unsetAt(value, parsePath(path)), `${path} is removed`);
}

async function change(config: string | undefined, edit: (value: unknown) => unknown, done: string): Promise<number> {
  const status = await failing(async () => {
    const { file, exists, value, surroundings } = await readSource(config);
    const next = edit(value);
    for (const warning of check(next, surroundings)) console.error(`! ${warning}`);
    const old = exists ? await readFile(file, "utf8") : "";
    const text = editText(formatOf(file), old, next);
    if (text !== old) await replaceFile(file, text);
    console.log(`${done} in ${file}.`);
  });
  if (status !== 0) console.error("Nothing is changed.");
  return status;
}

/** The warnings. A variable that only the gateway has in its environment keeps nobody from changing the file. */
function check(next: unknown, surroundings: Parameters<typeof readSettings>[1]): string[] {
  try {
    return readSettings(next, surroundings).warnings;
  } catch (error) {
    if (!(error instanceof SettingsError) || error.faults.some(({ variable }) => variable === undefined)) throw error;
    return error.faults.map(({ path, variable }) => `${path} needs the environment variable ${variable}, which is not set here. The gateway needs it.`);
  }
}

function valueOf(written: string): unknown {
  try {
    return json5.parse(written);
  } catch {
    return written;
  }
}
