import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { shown } from "../../folders.ts";
import { ToolError, type Tool } from "../port.ts";
import { isStillThere, locate, outside, pathSchema } from "./paths.ts";

/** The first bytes of a file that are read; a longer one is cut with a note. */
const maxBytes = 256 * 1024;

/** `read {path}`: a text file under one of the roots, which are absolute folders. */
export function createReadTool({ roots }: { roots: readonly string[] }): Tool {
  return {
    name: "read",
    description: "Reads a text file from the gateway's workspace. The path is relative to the workspace.",
    inputSchema: {
      type: "object",
      properties: { path: { ...pathSchema, description: "The file's path, such as notes.txt" } },
      required: ["path"],
      additionalProperties: false,
    },
    async invoke(input, { signal }) {
      const path = String(input["path"]);
      const real = await locate(path, roots);
      signal.throwIfAborted();
      return readText(path, real);
    },
  };
}

async function readText(path: string, real: string): Promise<string> {
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
    if (!(await isStillThere(real, stats))) throw outside(path);
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
