/** What a model is told of one tool's output at the most, in bytes of UTF-8. */
const maxOutput = 65_536;

/** The output, or its beginning with a note when it is too long. */
export function bounded(output: string): string {
  if (output.length * 3 <= maxOutput) return output;
  const size = Buffer.byteLength(output);
  if (size <= maxOutput) return output;
  // Each character is a byte at least: no more of it has to be encoded.
  const bytes = Buffer.from(output.slice(0, maxOutput), "utf8");
  // A character that the cut goes through is left out.
  let end = maxOutput;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return `${bytes.toString("utf8", 0, end)}\n[The output was cut: it has ${size} bytes, and these are the first ${end}.]`;
}
