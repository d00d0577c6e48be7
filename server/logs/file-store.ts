import { type FileHandle, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { fileName, identityOf, oldestNumber } from "./file-names.ts";
import { followLines } from "./follow-lines.ts";
import { linesBefore } from "./lines-before.ts";
import type { LogLimits, LogStore } from "./log-store.ts";

/** Lines are gathered this long, so that a request costs no call of the file system. */
const flushIntervalMs = 250;

/** What waits to be written, in characters. What comes beyond it while the disk is slow or full is lost, and counted. */
const mostWaiting = 8 * 1024 * 1024;

export interface FileStoreOptions extends LogLimits {
  /** Absolute. Its folder is made when there is none. */
  file: string;
  /** Told once, until a line could be written again. */
  onFailure: (error: Error) => void;
}

/**
 * Keeps lines in a file that rotates by size: `gateway.log`, before it `gateway.log.1`, and so on. What cannot be written (the
 * disk is full, the folder gone) is given up and tried again with the next lines; nobody waits for it. A file that somebody
 * else has moved away or deleted is made anew within a second.
 */
export function createFileStore({ file, onFailure, ...limits }: FileStoreOptions): LogStore {
  let { maxFileBytes, maxFiles } = limits;
  let waiting: string[] = [];
  let waitingLength = 0;
  let lost = 0;
  let handle: FileHandle | null = null;
  let size = 0;
  let checkedAt = 0;
  let isFailing = false;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;

  /** Writes all that waits, and what comes meanwhile. Never rejects. */
  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const lines = waiting;
      [waiting, waitingLength] = [[], 0];
      try {
        await writeAll(lines);
        isFailing = false;
      } catch (error) {
        lost += lines.length;
        await handle?.close().catch(() => {});
        handle = null;
        if (!isFailing) onFailure(error as Error);
        isFailing = true;
        return;
      }
    }
  }

  /** Takes the lines out of the list that it has written. */
  async function writeAll(lines: string[]): Promise<void> {
    await ensureOpen();
    if (lost > 0) {
      const told = lost;
      await append(`${JSON.stringify({ level: 40, time: Date.now(), lines: told, msg: "lines of the log are lost: they could not be written" })}\n`);
      lost -= told;
    }
    while (lines.length > 0) {
      // At least one line, and no more than the file has room for.
      let count = 1;
      let bytes = Buffer.byteLength(lines[0]!);
      if (size > 0 && size + bytes > maxFileBytes) await rotate();
      for (; count < lines.length; count++) {
        const more = Buffer.byteLength(lines[count]!);
        if (size + bytes + more > maxFileBytes) break;
        bytes += more;
      }
      await append(lines.slice(0, count).join(""), bytes);
      lines.splice(0, count);
    }
  }

  async function append(text: string, bytes = Buffer.byteLength(text)): Promise<void> {
    await handle!.appendFile(text);
    size += bytes;
  }

  async function ensureOpen(): Promise<void> {
    if (handle) {
      const time = performance.now();
      if (time - checkedAt < 1_000) return;
      checkedAt = time;
      const [there, own] = await Promise.all([stat(file).catch(() => null), handle.stat()]);
      if (there && identityOf(there) === identityOf(own)) return;
      await handle.close();
    }
    // It may hold what errors say of people's data.
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    handle = await open(file, "a+", 0o600);
    ({ size } = await handle.stat());
    // The last writer may have been cut off in a line.
    if (size > 0 && (await handle.read(Buffer.alloc(1), 0, 1, size - 1)).buffer[0] !== 0x0a) {
      await handle.appendFile("\n");
      size += 1;
    }
  }

  async function rotate(): Promise<void> {
    await handle!.close();
    handle = null;
    const oldest = await oldestNumber(file);
    for (let number = oldest; number >= 0; number--) {
      if (number + 1 >= maxFiles) await rm(fileName(file, number), { force: true });
      else await rename(fileName(file, number), fileName(file, number + 1)).catch(ifMissing);
    }
    await ensureOpen();
  }

  const start = () => (writing ??= drain().finally(() => (writing = undefined)));

  return {
    write(line) {
      if (waitingLength > mostWaiting) {
        lost += 1;
        return;
      }
      waiting.push(line);
      waitingLength += line.length;
      timer ??= setTimeout(() => {
        timer = undefined;
        void start();
      }, flushIntervalMs).unref();
    },
    flush: start,
    use(next) {
      ({ maxFileBytes, maxFiles } = next);
    },
    before: (place) => linesBefore(file, place),
    after: (place, signal) => followLines(file, place, signal),
    async close() {
      clearTimeout(timer);
      await start();
      await handle?.close();
      handle = null;
    },
  };
}

/** Somebody else has moved or deleted it. */
function ifMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
