import { randomUUID } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { lstat, mkdir, open, rename, unlink } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { shown } from "../../folders.ts";
import { ToolError, type Tool } from "../port.ts";
import { isStillThere, outside, pathSchema, pinFolder, placesOf } from "./paths.ts";

/** A file after it was written, in bytes. */
const maxBytes = 1024 * 1024;

/**
 * `write {path, content, append?}`: a text file under one of the roots, which are absolute folders; an existing one in the first root
 * that has it, a new one in the first root. It is written beside and renamed, so that a reader sees the old or the new one, whole, and
 * a link is never followed: not on the way, and not at its end.
 */
export function createWriteTool({ roots }: { roots: readonly string[] }): Tool {
  return {
    name: "write",
    description: "Writes a text file in the gateway's workspace, in place of what was there, or behind it with append. Missing folders are made. The path is relative to the workspace.",
    isDangerous: true,
    inputSchema: {
      type: "object",
      properties: {
        path: { ...pathSchema, description: "The file's path, such as reports/today.md" },
        content: { type: "string", maxLength: maxBytes, description: "The text" },
        append: { type: "boolean", description: "Whether the text goes behind what the file has. Default false" },
      },
      required: ["path", "content"],
      additionalProperties: false,
    },
    async invoke(input, { signal }) {
      const path = String(input["path"]);
      const content = Buffer.from(String(input["content"]), "utf8");
      const target = await findTarget(path, roots);
      signal.throwIfAborted();
      return writeFile(path, target, content, input["append"] === true);
    },
  };
}

interface Target {
  /** Absolute; its folder exists and its links are all followed. */
  file: string;
  /** Of the file that is there. */
  stats: Stats | undefined;
}

async function findTarget(path: string, roots: readonly string[]): Promise<Target> {
  const [first] = roots;
  // The default root is the gateway's own to make.
  if (first !== undefined) await mkdir(first, { recursive: true, mode: 0o700 }).catch(() => {});
  const places = await placesOf(path, roots);
  for (const { root, path: file } of places) {
    const stats = await lstat(file).catch(() => undefined);
    if (stats) return { file: await inRealFolder(path, root, file), stats };
  }
  const [{ root, path: file }] = places as [(typeof places)[number]];
  return { file: await inRealFolder(path, root, file), stats: undefined };
}

/** Walks to the file's folder, part by part, and makes what is missing. Throws a ToolError at a link. */
async function inRealFolder(path: string, root: string, file: string): Promise<string> {
  if (file === root) throw new ToolError(`${shown(path)} is a folder, not a file.`);
  let folder = root;
  for (const part of relative(root, dirname(file)).split(sep).filter((name) => name !== "")) {
    await using parent = await pinFolder(path, folder);
    folder = join(folder, part);
    await mkdir(parent.at(part)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw new ToolError(`A folder of ${shown(path)} cannot be made.`, { cause: error });
    });
    const stats = await lstat(folder);
    if (stats.isSymbolicLink()) throw new ToolError(`A folder of ${shown(path)} is a link, which is not followed.`);
    if (!stats.isDirectory()) throw new ToolError(`A folder of ${shown(path)} is a file.`);
  }
  return file;
}

async function writeFile(path: string, { file, stats }: Target, content: Buffer, isAppended: boolean): Promise<string> {
  if (stats?.isDirectory()) throw new ToolError(`${shown(path)} is a folder, not a file.`);
  if (stats?.isSymbolicLink()) throw new ToolError(`${shown(path)} is a link, which is not followed.`);
  if (stats && !stats.isFile()) throw new ToolError(`${shown(path)} is not a regular file.`);
  const before = stats && isAppended ? await readWhole(path, file) : Buffer.alloc(0);
  const size = before.length + content.length;
  if (size > maxBytes) throw new ToolError(`${shown(path)} would have ${size} bytes; ${maxBytes} are the most.`);

  await using folder = await pinFolder(path, dirname(file));
  const temporary = folder.at(`.${basename(file).slice(0, 100)}.${randomUUID()}`);
  const handle = await open(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, (stats?.mode ?? 0o600) & 0o777).catch((error: unknown) => {
    throw new ToolError(`${shown(path)} cannot be written.`, { cause: error });
  });
  try {
    await handle.writeFile(Buffer.concat([before, content]));
    await handle.sync();
    await rename(temporary, folder.at(basename(file)));
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw new ToolError(`${shown(path)} cannot be written.`, { cause: error });
  } finally {
    await handle.close();
  }
  return `${stats === undefined ? "Made" : isAppended ? "Added to" : "Replaced"} ${shown(path)}: it has ${size} bytes.`;
}

async function readWhole(path: string, file: string): Promise<Buffer> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = await handle.stat();
    if (!stats.isFile() || !(await isStillThere(file, stats))) throw outside(path);
    if (stats.size > maxBytes) throw new ToolError(`${shown(path)} has ${stats.size} bytes; nothing can be added to a file of more than ${maxBytes}.`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}
