import { type Entry, fromBufferPromise, getFileNameLowLevel, type ZipFile } from "yauzl";
import { limits, type SkillEntry, unprocessable } from "./entries.ts";

/** What is in a `.zip`. Throws `unprocessable` at a link, a device, something encrypted, or damage. */
export async function* readZip(archive: Buffer): AsyncGenerator<SkillEntry> {
  // Names are decoded here, and not made to fit: a bad one is refused with the path that it has.
  const zip = await fromBufferPromise(archive, { lazyEntries: true, decodeStrings: false, validateEntrySizes: true }).catch((error: unknown) => {
    throw damaged(error);
  });
  if (zip.entryCount > limits.entries) throw unprocessable(`A skill may have ${limits.entries} files and folders; this one has ${zip.entryCount}.`, { limit: limits.entries });
  for await (const entry of entriesOf(zip)) {
    const path = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, true);
    // What macOS adds to an archive is no part of what was packed.
    if (path.startsWith("__MACOSX/") || /(?:^|\/)\.DS_Store$/.test(path)) continue;
    checkKind(entry, path);
    yield { path, content: path.endsWith("/") ? null : contentOf(zip, entry) };
  }
}

async function* entriesOf(zip: ZipFile): AsyncGenerator<Entry> {
  try {
    for await (const entry of zip.eachEntry()) yield entry;
  } catch (error) {
    throw damaged(error);
  }
}

/** The kind of file as Unix has it, in the upper half of the attributes; 0 where the archive is of another system. */
function checkKind({ externalFileAttributes, compressionMethod, generalPurposeBitFlag }: Entry, path: string): void {
  const kind = (externalFileAttributes >>> 16) & 0o170000;
  const refused = (why: string) => unprocessable(`${JSON.stringify(path.slice(0, 200))} ${why}.`, { path: path.slice(0, 200) });
  if (kind !== 0 && kind !== 0o100000 && kind !== 0o040000) throw refused("is neither a file nor a folder. Links and devices are not installed");
  if ((generalPurposeBitFlag & 1) !== 0) throw refused("is encrypted");
  if (compressionMethod !== 0 && compressionMethod !== 8) throw refused("is compressed in a way that is not known here");
}

async function* contentOf(zip: ZipFile, entry: Entry): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of await zip.openReadStreamPromise(entry)) yield chunk as Buffer;
  } catch (error) {
    throw damaged(error);
  }
}

const damaged = (cause: unknown) => unprocessable("The archive is damaged, or not a .zip.", {}, cause);
