import { constants, type Stats } from "node:fs";
import { open, realpath, stat, type FileHandle } from "node:fs/promises";
import { isAbsolute, resolve, sep } from "node:path";
import { ToolError, type Tool } from "./port.ts";

export interface ReadToolOptions {
  /** Absolute folders; nothing outside of them can be read. */
  roots: readonly string[];
}

/** The first bytes of a file that are read; a longer one is cut with a note. */
const maxBytes = 256 * 1024;

/**
 * `read {path}`: a text file under one of the roots. The path that counts is the real one, after every symbolic link; a
 * path that leads outside gets one and the same answer whether something is there or not.
 */
export function createReadTool({ roots }: ReadToolOptions): Tool {
  return {
    name: "read",
    description: "Reads a text file from the gateway's workspace. The path is relative to the workspace.",
    inputSchema: {
      type: "object",
      properties: { path: { type: "string", minLength: 1, maxLength: 4096, description: "The file's path, such as notes.txt" } },
      required: ["path"],
      additionalProperties: false,
    },
    async invoke(input, { signal }) {
      const path = String(input["path"]);
      if (path.includes("\0")) throw new ToolError("A path must not contain a NUL character.");
      const real = await locate(path, roots);
      signal.throwIfAborted();
      return readText(path, real, roots);
    },
  };
}

/** The real path of the first root's file that the path names. */
async function locate(path: string, roots: readonly string[]): Promise<string> {
  let inside = false;
  for (const root of roots) {
    const realRoot = await realpath(root).catch(() => undefined);
    if (realRoot === undefined) continue;
    const candidate = resolve(realRoot, path);
    // An absolute path may be written with the root as it stands in the settings, before links are followed.
    const lexical = isWithin(candidate, realRoot) || (isAbsolute(path) && isWithin(candidate, resolve(root)));
    if (!lexical) continue;
    inside = true;
    const real = await realpath(candidate).catch(() => undefined);
    if (real === undefined) continue;
    if (isWithin(real, realRoot)) return real;
    throw outside(path);
  }
  throw inside ? new ToolError(`There is no file ${shown(path)}.`) : outside(path);
}

async function readText(path: string, real: string, roots: readonly string[]): Promise<string> {
  let file: FileHandle;
  try {
    // Without O_NONBLOCK, opening a FIFO would wait for a writer; without O_NOFOLLOW, a link could slip in after the check.
    file = await open(real, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  } catch (error) {
    throw new ToolError(`The file ${shown(path)} cannot be opened.`, { cause: error });
  }
  try {
    const stats = await file.stat();
    if (stats.isDirectory()) throw new ToolError(`${shown(path)} is a folder, not a file.`);
    if (!stats.isFile()) throw new ToolError(`${shown(path)} is not a regular file.`);
    if (!(await isStillThere(real, stats, roots))) throw outside(path);
    const buffer = Buffer.alloc(Math.min(stats.size, maxBytes) || maxBytes);
    let length = 0;
    while (length < buffer.length) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length, null);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    const text = decode(path, buffer.subarray(0, length));
    return stats.size > length ? `${text}\n[The file was cut: it has ${stats.size} bytes, and these are the first ${length}.]` : text;
  } finally {
    await file.close();
  }
}

/** A folder on the way may have been swapped for a link between the check and the opening: what was opened must still be what the path means. */
async function isStillThere(real: string, opened: Stats, roots: readonly string[]): Promise<boolean> {
  try {
    if ((await realpath(real)) !== real) return false;
    const now = await stat(real);
    if (now.dev !== opened.dev || now.ino !== opened.ino) return false;
    for (const root of roots) if (isWithin(real, await realpath(root).catch(() => "\0"))) return true;
    return false;
  } catch {
    return false;
  }
}

function decode(path: string, bytes: Buffer): string {
  if (!bytes.includes(0)) {
    try {
      // `stream` leaves out a character that the cut went through.
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    } catch {
      // Not UTF-8.
    }
  }
  throw new ToolError(`${shown(path)} is not a text file.`);
}

function isWithin(path: string, root: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

function outside(path: string): ToolError {
  return new ToolError(`${shown(path)} is outside the folders that this tool may read.`);
}

/** The path as the caller wrote it: the real one is nobody's business. */
function shown(path: string): string {
  return JSON.stringify(path.length > 200 ? `${path.slice(0, 200)}…` : path);
}
