import type { FileHandle } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { fileName, numberOf, oldestNumber, openFile, type OpenFile } from "./file-names.ts";
import { linesIn, mostLineBytes } from "./lines-before.ts";
import { type Place, placeId } from "./place.ts";
import type { LogLine } from "./log-store.ts";

/** How often a follower looks for more. A look is two calls of the file system. */
export const followIntervalMs = 250;

const blockBytes = 64 * 1024;

/**
 * The lines of a file as they are written, from now on or from behind a line, through its rotations. It reads no faster than
 * it is read itself, so that nothing piles up; a follower who is slower than the log until a file is deleted goes on with the oldest there is.
 */
export async function* followLines(file: string, place: Place | undefined, signal: AbortSignal): AsyncGenerator<readonly LogLine[]> {
  const pause = () => sleep(followIntervalMs, undefined, { signal }).catch(() => {});
  let open: OpenFile | null = null;
  try {
    let reader: ReturnType<typeof readerOf> | undefined;
    if (place) {
      open = await openAt(file, Math.max(0, await numberOf(file, place.file)), place.file);
      // The line itself has been seen.
      if (open) reader = readerOf(open, place.offset, true);
      else open = await openFile(fileName(file, await oldestNumber(file)));
    } else {
      open = await openFile(file);
      if (open) reader = readerOf(open, (await open.handle.stat()).size, false);
    }
    while (!signal.aborted) {
      // From its beginning: a file that has just been made.
      if (open) reader ??= readerOf(open, 0, false);
      const lines = await reader?.next();
      if (lines) {
        if (lines.length > 0) yield lines;
        continue;
      }
      const next = await newer(file, open);
      if (!next) {
        await pause();
        continue;
      }
      // What came between the last look and the rotation.
      for (let late = await reader?.next(); late; late = await reader?.next()) if (late.length > 0) yield late;
      await open?.handle.close();
      open = next;
      reader = undefined;
    }
  } finally {
    await open?.handle.close();
  }
}

/** The file of this number, if it is still the one that is meant. */
async function openAt(file: string, number: number, identity: string): Promise<OpenFile | null> {
  const open = await openFile(fileName(file, number));
  if (open?.identity === identity) return open;
  await open?.handle.close();
  return null;
}

/** The file that follows one: null when there is none yet. */
async function newer(file: string, open: OpenFile | null): Promise<OpenFile | null> {
  if (!open) return openFile(file);
  const number = await numberOf(file, open.identity);
  if (number === 0) return null;
  // It is gone: what is left of the others begins with the oldest.
  const next = await openFile(fileName(file, number < 0 ? await oldestNumber(file) : number - 1));
  if (next?.identity !== open.identity) return next;
  await next.handle.close();
  return null;
}

/** Reads on in a file, a block at a time. */
function readerOf({ handle, identity }: { handle: FileHandle; identity: string }, start: number, isFirstSeen: boolean) {
  let at = start;
  /** The beginning of a line whose end has not been read. */
  let rest: Buffer = Buffer.alloc(0);
  let isSeen = isFirstSeen;
  return {
    /** The lines that end in the next block, which may be none; null at the end of the file. */
    async next(): Promise<LogLine[] | null> {
      const { size } = await handle.stat();
      // Somebody has emptied it.
      if (size < at) [at, rest, isSeen] = [0, Buffer.alloc(0), false];
      if (size === at) return null;
      const length = Math.min(blockBytes, size - at);
      const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, at);
      const from = at - rest.length;
      at += bytesRead;
      const data = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      const lines = linesIn(data, 0, (offset) => placeId(identity, from + offset));
      rest = data.subarray(data.lastIndexOf(0x0a) + 1);
      if (rest.length > mostLineBytes) rest = Buffer.alloc(0);
      if (isSeen && lines.length > 0) {
        isSeen = false;
        lines.shift();
      }
      return lines;
    },
  };
}
