import { GatewayError } from "../errors.ts";

/** A file or folder on its way into a skill, from wherever. Its path is as somebody wrote it: `checkPath` has to look at it. */
export interface SkillEntry {
  path: string;
  /** Null for a folder. May be longer than was announced: whoever takes it counts. */
  content: AsyncIterable<Buffer> | Iterable<Buffer> | null;
}

/** What is installed must stay within these. */
export const limits = {
  archiveBytes: 20 * 1024 * 1024,
  unpackedBytes: 50 * 1024 * 1024,
  /** Files and folders. */
  entries: 2000,
  /** Times an archive may grow when it is unpacked, above a first MB. */
  ratio: 100,
} as const;

/** The most bytes that an archive may unpack to: a small one that would grow to a large one is a trap. */
export function mostUnpackedBytes(archiveBytes: number): number {
  return Math.min(limits.unpackedBytes, 1024 * 1024 + limits.ratio * archiveBytes);
}

/** What cannot be installed, with the entry that is at fault. */
export function unprocessable(message: string, details: Record<string, unknown> = {}, cause?: unknown): GatewayError {
  return new GatewayError("unprocessable", message, { details, cause });
}

/** The names of a path from the skill's folder down. Throws `unprocessable` for one that could lead anywhere else, here or on another system. */
export function checkPath(path: string): string[] {
  const refused = (why: string) => unprocessable(`The path ${JSON.stringify(path.slice(0, 200))} ${why}.`, { path: path.slice(0, 200) });
  if (path.length > 1024) throw refused("is too long");
  if (path.startsWith("/")) throw refused("is absolute");
  const names = path.split("/").filter((name) => name !== "" && name !== ".");
  if (names.length > 16) throw refused("is too deep");
  for (const name of names) {
    if (name === "..") throw refused("leads out of the skill's folder");
    // oxlint-disable-next-line no-control-regex -- they are what is looked for
    if (/[\u0000-\u001F\u007F\\:*?"<>|]/.test(name)) throw refused("has a character that some systems do not take for a part of a name");
    if (/[. ]$/.test(name) || windowsDevice.test(name)) throw refused("is not a file's name on Windows");
    if (Buffer.byteLength(name) > 255 || !name.isWellFormed()) throw refused("has a name that is too long or no text");
  }
  return names;
}

const windowsDevice = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\.|$)/i;
