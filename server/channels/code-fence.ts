/** What opens a code block (CommonMark 0.31, 4.5), such as "  ```js". */
export interface Fence {
  readonly indent: string;
  /** Three or more backticks or tildes. */
  readonly marker: string;
  /** The language. */
  readonly info: string;
}

// Bounded, so that what opens and closes a block fits into any message; longer ones are text.
const openingLine = /^([ \t]{0,12})(`{3,16}|~{3,16})([^\n]{0,48})$/;
const closingLine = /^[ \t]{0,12}(`{3,}|~{3,})[ \t]*$/;

/** The block that a line opens. */
function fenceOfLine(line: string): Fence | null {
  const found = openingLine.exec(line);
  if (!found) return null;
  const [, indent = "", marker = "", info = ""] = found;
  // Else it is code within a line.
  return marker.startsWith("`") && info.includes("`") ? null : { indent, marker, info: info.trim() };
}

/** The block that is open behind a line. */
export function fenceAfter(line: string, fence: Fence | null): Fence | null {
  if (!fence) return fenceOfLine(line);
  const marker = closingLine.exec(line)?.[1];
  return marker !== undefined && marker[0] === fence.marker[0] && marker.length >= fence.marker.length ? null : fence;
}

/** Whether a line whose end is not known may turn out to open or to close a block. */
export function mayBeFence(line: string): boolean {
  return /^[ \t]{0,12}(?:[`~]|$)/.test(line);
}

/** What closes a block. */
export const fenceText = ({ indent, marker }: Fence): string => indent + marker;
