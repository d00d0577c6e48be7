import type { SourceEntry } from "./json5-source.ts";

/** An entry with the white space and comments that go with it. */
export interface Piece {
  readonly entry: SourceEntry;
  /** From the line that is the entry before's, or the bracket's. */
  readonly lead: string;
  readonly beforeComma: string;
  /** To the end of the line. */
  readonly afterComma: string;
}

/** A collection's text between its brackets: `head`, then the pieces with their commas, then `foot`. */
export function takeApart(text: string, start: number, end: number, entries: readonly SourceEntry[]): { head: string; pieces: Piece[]; foot: string } {
  const inside = end - 1;
  const [head, firstLead] = atLineEnd(text.slice(start + 1, entries[0]?.start ?? inside), false);
  const pieces: Piece[] = [];
  let lead = firstLead;
  for (const [index, entry] of entries.entries()) {
    const comma = entry.comma ?? entry.node.end;
    const gap = text.slice(entry.comma === null ? comma : comma + 1, entries[index + 1]?.start ?? inside);
    const [afterComma, following] = atLineEnd(gap, index === entries.length - 1);
    pieces.push({ entry, lead, beforeComma: text.slice(entry.node.end, comma), afterComma });
    lead = following;
  }
  return { head, pieces, foot: lead };
}

/** The line break and indentation just before an entry; empty when it goes on in a line. */
export function breakOf(lead: string): string {
  return /(\r\n|[\r\n\u2028\u2029])[^\S\r\n\u2028\u2029]*$/.exec(lead)?.[0] ?? "";
}

/** What comes before a new entry: as the last of the others has it. */
export function leadOfNew(pieces: readonly Piece[]): string {
  const broken = pieces.findLast(({ lead }) => breakOf(lead) !== "");
  if (broken) return breakOf(broken.lead);
  return pieces.length > 1 && pieces.at(-1)!.lead === "" ? "" : " ";
}

/** The comments in an entry's lead that a blank line sets apart from it: they do not go when it goes. */
export function detachedComments(lead: string): string {
  const blank = [...lead.matchAll(triviaPattern)].findLast(([token]) => !token.startsWith("/") && (token.match(lineBreaks)?.length ?? 0) > 1);
  const kept = lead.slice(0, blank?.index ?? 0);
  return hasComment(kept) ? kept : "";
}

export function hasComment(trivia: string): boolean {
  return trivia.includes("/");
}

export function startsWithBreak(trivia: string): boolean {
  return /^\s*?[\r\n\u2028\u2029]/.test(trivia);
}

/** Whether what follows in the same line would become part of a comment. */
export function endsInLineComment(trivia: string): boolean {
  return trivia.match(triviaPattern)?.at(-1)?.startsWith("//") ?? false;
}

const triviaPattern = /\/\/.*|\/\*[^]*?\*\/|\s+/g;
const lineBreaks = /\r\n|[\r\n\u2028\u2029]/g;

/**
 * Trivia up to the end of its line, and the rest. Where nothing breaks the line all of it leads to what follows; a comment
 * before a bracket is the last entry's.
 */
function atLineEnd(trivia: string, isLast: boolean): [string, string] {
  for (const { 0: token, index } of trivia.matchAll(triviaPattern)) {
    const end = token.startsWith("/") ? -1 : token.search(lineBreaks);
    if (end >= 0) return [trivia.slice(0, index + end), trivia.slice(index + end)];
  }
  const length = isLast ? trivia.trimEnd().length : 0;
  return [trivia.slice(0, length), trivia.slice(length)];
}
