import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { Parser, type ReadEntry } from "tar";
import { limits, type SkillEntry, unprocessable } from "./entries.ts";

const fileTypes: ReadonlySet<string> = new Set(["File", "OldFile", "ContiguousFile"]);
const folderTypes: ReadonlySet<string> = new Set(["Directory", "GNUDumpDir"]);

/** What is in a `.tar.gz`. Throws `unprocessable` at a link, a device, damage, or when it unpacks to much more than `mostBytes`. */
export async function* readTar(archive: Buffer, mostBytes: number): AsyncGenerator<SkillEntry> {
  const ready: SkillEntry[] = [];
  let fault: unknown;
  let waiting = 0;
  const parser = new Parser({
    strict: true,
    // Nothing but tar: what is unpacked in here would be counted by nobody.
    brotli: false,
    zstd: false,
    onReadEntry(entry) {
      fault ??= faultOf(entry);
      const chunks: Buffer[] = [];
      waiting += 1;
      entry.on("data", (chunk) => chunks.push(chunk));
      entry.on("end", () => {
        waiting -= 1;
        ready.push({ path: entry.path, content: folderTypes.has(entry.type) ? null : chunks });
      });
    },
  });
  parser.on("error", (error) => (fault ??= damaged(error)));
  parser.on("ignoredEntry", (entry: ReadEntry) => (fault ??= faultOf(entry) ?? damaged(undefined)));

  /** Parsing is done by the time that write and end return: what came goes on before more is unpacked. */
  function* flush(): Generator<SkillEntry> {
    if (fault !== undefined) throw fault;
    yield* ready.splice(0);
  }

  // Heads take 512 bytes for each entry, and long names some more.
  const mostTarBytes = mostBytes + limits.entries * 2048;
  let bytes = 0;
  let begin: Buffer | undefined = Buffer.alloc(0);
  const unpacked = Readable.from([archive]).pipe(createGunzip());
  try {
    for await (const chunk of unpacked as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > mostTarBytes) throw unprocessable(`The archive unpacks to more than the ${mostBytes} bytes that are allowed for it.`, { limitBytes: mostBytes });
      if (begin === undefined) parser.write(chunk);
      else {
        begin = Buffer.concat([begin, chunk]);
        if (begin.length < 512) continue;
        // The parser would unpack this once more.
        if (begin[0] === 0x1f && begin[1] === 0x8b) throw damaged(undefined);
        parser.write(begin);
        begin = undefined;
      }
      yield* flush();
    }
  } catch (error) {
    throw isZlibError(error) ? damaged(error) : error;
  }
  if (begin !== undefined) throw damaged(undefined);
  parser.end();
  yield* flush();
  if (waiting > 0) throw damaged(undefined);
}

function faultOf({ type, path }: ReadEntry): unknown {
  if (fileTypes.has(type) || folderTypes.has(type)) return undefined;
  return unprocessable(`${JSON.stringify(path.slice(0, 200))} is neither a file nor a folder. Links and devices are not installed.`, { path: path.slice(0, 200) });
}

const isZlibError = (error: unknown) => error instanceof Error && "code" in error && String(error.code).startsWith("Z_");

const damaged = (cause: unknown) => unprocessable("The archive is damaged, or not a .tar.gz.", {}, cause);
