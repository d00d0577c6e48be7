import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

const maxLineLength = 500;
const maxLines = 50;
const windowMs = 10_000;

/** Reads a stream to its end and hands on its lines: the beginning of each, and no more than 50 in ten seconds. */
export function readLines(stream: Readable, onLine: (line: string) => void, now: () => number = Date.now): void {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  let windowStart = 0;
  let count = 0;
  let skipped = 0;

  function hand(line: string): void {
    if (line.trim() === "") return;
    if (now() - windowStart >= windowMs) {
      if (skipped > 0) onLine(`[${skipped} lines were left out]`);
      windowStart = now();
      count = skipped = 0;
    }
    if (++count > maxLines) skipped += 1;
    else onLine(line.length > maxLineLength ? `${line.slice(0, maxLineLength)}…` : line);
  }

  stream.on("data", (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split(/\r?\n/);
    // Of a line that does not end, only what would be shown is kept.
    rest = (lines.pop() ?? "").slice(0, maxLineLength + 1);
    for (const line of lines) hand(line);
  });
  stream.on("end", () => {
    hand(rest);
    if (skipped > 0) onLine(`[${skipped} lines were left out]`);
  });
  stream.on("error", () => {});
}
