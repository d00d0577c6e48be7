import type { FileHandle } from "node:fs/promises";
import { fileName, numberOf, openFile, type OpenFile } from "./file-names.ts";
import { type Place, placeId } from "./place.ts";
import type { LogLine } from "./log-store.ts";

const blockBytes = 64 * 1024;

/** A longer line is not kept in memory as a whole: it is cut, and nobody can read it. */
export const mostLineBytes = 1024 * 1024;

const newline = 0x0a;

/**
 * The lines of a file and of those before it, the newest first: from the end, or from before a line. Reads from the end, a block
 * at a time; a batch is the lines that end in one block. What has no newline yet is not there yet.
 */
export async function* linesBefore(file: string, place: Place | undefined): AsyncGenerator<readonly LogLine[]> {
  let open = place ? await openByIdentity(file, place.file) : await openFile(file);
  // In the moment of a rotation there may be none.
  if (!place) open ??= await openFile(fileName(file, 1));
  for (let end = place?.offset; open; end = undefined) {
    const { handle, identity } = open;
    let older: OpenFile | null;
    try {
      yield* linesOf(handle, identity, end ?? (await handle.stat()).size);
      older = await openOlder(file, identity);
    } finally {
      await handle.close();
    }
    open = older;
  }
}

async function openByIdentity(file: string, identity: string): Promise<OpenFile | null> {
  for (;;) {
    const number = await numberOf(file, identity);
    if (number < 0) return null;
    const open = await openFile(fileName(file, number));
    if (open?.identity === identity) return open;
    // It has got another name between the two.
    await open?.handle.close();
  }
}

async function openOlder(file: string, identity: string): Promise<OpenFile | null> {
  for (;;) {
    const number = await numberOf(file, identity);
    if (number < 0) return null;
    const open = await openFile(fileName(file, number + 1));
    if ((await numberOf(file, identity)) === number) return open;
    await open?.handle.close();
  }
}

/** Of one file, those that end at or before a byte. */
async function* linesOf(handle: FileHandle, identity: string, end: number): AsyncGenerator<readonly LogLine[]> {
  // The end of a line whose beginning has not been read yet.
  let rest: Buffer = Buffer.alloc(0);
  for (let at = Math.min(end, (await handle.stat()).size); at > 0; ) {
    const length = Math.min(blockBytes, at);
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, at - length);
    // Somebody has cut the file.
    if (bytesRead < length) return;
    at -= length;
    const data = rest.length === 0 ? buffer : Buffer.concat([buffer, rest]);
    const whole = at === 0 ? 0 : data.indexOf(newline) + 1;
    yield linesIn(data, whole, (offset) => placeId(identity, at + offset)).reverse();
    rest = whole === 0 ? data : data.subarray(0, whole);
    if (rest.length > mostLineBytes) rest = Buffer.from("\n");
  }
}

/** The lines of a buffer from a byte on, as far as they have their newlines. */
export function linesIn(data: Buffer, from: number, idOf: (offset: number) => string): LogLine[] {
  const lines: LogLine[] = [];
  for (let start = from, end = data.indexOf(newline, from); end >= 0; start = end + 1, end = data.indexOf(newline, start)) {
    if (end > start) lines.push({ id: idOf(start), text: data.toString("utf8", start, end) });
  }
  return lines;
}
