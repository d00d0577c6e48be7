import { open } from "node:fs/promises";
import { extname } from "node:path";
import { SettingsError } from "./settings-error.ts";

/** Far more than any settings need; a log or database named by mistake is not read to its end. */
export const maxFileBytes = 1024 * 1024;

/** The value of a settings file: YAML by its ending, else JSON5. Throws a SettingsError that says the line of a syntax error. */
export async function parseFile(file: string): Promise<unknown> {
  return parseText(file, await readText(file));
}

/** The language of a settings file, by its ending. */
export function formatOf(file: string): "json5" | "yaml" {
  return /^\.ya?ml$/i.test(extname(file)) ? "yaml" : "json5";
}

/** As `parseFile`, of a text that was read. */
export async function parseText(file: string, text: string): Promise<unknown> {
  // A file that a crash has emptied must not start a gateway with other keys than it had.
  if (text.trim() === "") throw fault(file, "The file is empty. Write {} into it to take all defaults.");
  return formatOf(file) === "yaml" ? parseYaml(file, text) : parseJson5(file, text);
}

/** The text of a file. Throws a SettingsError that says why it cannot be read. */
export async function readText(file: string): Promise<string> {
  const buffer = Buffer.allocUnsafe(maxFileBytes + 1);
  let length = 0;
  try {
    await using handle = await open(file, "r");
    for (;;) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length);
      if (bytesRead === 0) break;
      length += bytesRead;
      if (length > maxFileBytes) throw fault(file, "The file is larger than 1 MB, which no settings are. Is it the right one?");
    }
  } catch (error) {
    if (error instanceof SettingsError) throw error;
    throw fault(file, unreadable((error as NodeJS.ErrnoException).code), error);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(buffer.subarray(0, length));
  } catch (error) {
    throw fault(file, "The file is not UTF-8 text.", error);
  }
}

function unreadable(code: string | undefined): string {
  if (code === "ENOENT") return "There is no such file.";
  if (code === "EACCES") return "The file may not be read by this user.";
  if (code === "EISDIR") return "This is a folder. Name the file in it.";
  return `The file cannot be read (${code ?? "unknown reason"}).`;
}

async function parseJson5(file: string, text: string): Promise<unknown> {
  // Plain JSON is JSON5 too, and needs no parser loaded at start.
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // JSON5 then, or an error that its parser tells with its line.
  }
  const { default: json5 } = await import("json5");
  try {
    return json5.parse(text);
  } catch (error) {
    const { lineNumber, columnNumber, message } = error as SyntaxError & { lineNumber?: number; columnNumber?: number };
    throw fault(file, syntax("JSON5", lineNumber, columnNumber, message.replace(/^JSON5: /, "").replace(/ at \d+:\d+$/, "")), error);
  }
}

async function parseYaml(file: string, text: string): Promise<unknown> {
  const { LineCounter, parseDocument } = await import("yaml");
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, logLevel: "silent" });
  const [error] = document.errors;
  if (error) {
    const { line, col } = lineCounter.linePos(error.pos[0]);
    throw fault(file, syntax("YAML", line, col, error.message), error);
  }
  let value: unknown;
  try {
    value = document.toJS();
  } catch (error) {
    throw fault(file, `The file is not valid YAML: ${(error as Error).message}.`, error);
  }
  if (value === null) throw fault(file, "The file has no settings in it. Write {} into it to take all defaults.");
  return value;
}

function syntax(language: string, line: number | undefined, column: number | undefined, reason: string): string {
  return `The file is not valid ${language}${line === undefined ? "" : `: line ${line}, column ${column ?? 1}`}: ${reason}.`;
}

function fault(file: string, message: string, cause?: unknown): SettingsError {
  return new SettingsError(file, [{ path: "", message }], cause);
}
