import { constants, type Stats } from "node:fs";
import { lstat, open, readdir, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { shown } from "../../folders.ts";
import { ToolError, type Tool } from "../port.ts";
import { isStillThere, locate, outside, pathSchema } from "./paths.ts";

const mostEntries = 1000;

/** `list {path?}`: what is in a folder under one of the roots, which are absolute folders. */
export function createListTool({ roots }: { roots: readonly string[] }): Tool {
  return {
    name: "list",
    description: "Lists a folder of the gateway's workspace: a line for each file with its size in bytes, folders with a / behind their name. The path is relative to the workspace.",
    inputSchema: {
      type: "object",
      properties: { path: { ...pathSchema, description: "The folder's path; without it, the workspace itself" } },
      additionalProperties: false,
    },
    async invoke(input, { signal }) {
      const { path = "." } = input as { path?: string };
      const real = await locate(path, roots);
      signal.throwIfAborted();
      return listFolder(path, real);
    },
  };
}

async function listFolder(path: string, real: string): Promise<string> {
  let folder: FileHandle;
  try {
    folder = await open(real, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    throw new ToolError((error as NodeJS.ErrnoException).code === "ENOTDIR" ? `${shown(path)} is not a folder.` : `The folder ${shown(path)} cannot be opened.`, { cause: error });
  }
  try {
    const opened = await folder.stat();
    const names = (await readdir(real)).sort();
    const lines = await Promise.all(names.slice(0, mostEntries).map(async (name) => lineOf(name, await lstat(join(real, name)).catch(() => undefined))));
    // While it is open its inode cannot be another's: the path has meant this folder when the names were read and before it tells.
    if (!(await isStillThere(real, opened))) throw outside(path);
    if (names.length > mostEntries) lines.push(`[The list was cut: there are ${names.length} entries, and these are the first ${mostEntries}.]`);
    return lines.length === 0 ? "The folder is empty." : lines.join("\n");
  } finally {
    await folder.close();
  }
}

/** Names may hold anything but a slash: a line break in one must not make two lines of it. */
function lineOf(name: string, stats: Stats | undefined): string {
  const written = /^[^\p{Cc}"]+$/u.test(name) ? name : JSON.stringify(name);
  if (stats?.isDirectory()) return `${written}/`;
  if (stats?.isSymbolicLink()) return `${written} (link)`;
  return stats?.isFile() ? `${written} (${stats.size})` : `${written} (neither file nor folder)`;
}
