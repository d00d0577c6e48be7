import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { unprocessable } from "./entries.ts";

/** The bytes of a file that is no larger than it may be. Throws what `tooLarge` makes of its size. */
export async function readBounded(path: string, mostBytes: number, tooLarge: (size: number) => Error): Promise<Buffer> {
  await using file = await openRegular(path);
  const { size } = await file.stat();
  if (size > mostBytes) throw tooLarge(size);
  const bytes = Buffer.alloc(size);
  const { bytesRead } = await file.read(bytes, 0, size, 0);
  return bytes.subarray(0, bytesRead);
}

/** Opens what was a file a moment ago, and may be a link, or a pipe that nobody writes to, by now. Throws `unprocessable` then. */
export async function openRegular(path: string): Promise<FileHandle> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw unprocessable("The folder has changed while it was read. Please try again.");
}
