import { fits, normalForm, type Term, type Word, wordsOf } from "./words.ts";

/** About 200 characters of a text around as many of the terms as can be seen at once, each hit marked `**so**`. */
export function snippetOf(text: string, terms: readonly Term[]): string {
  const normal = normalForm(text);
  const words = wordsOf(normal);
  const hits = words.flatMap((word) => {
    const term = terms.find((candidate) => fits(candidate, word.word));
    return term === undefined ? [] : [{ ...word, term }];
  });
  const { start, end } = normal.length <= width ? { start: 0, end: normal.length } : windowOf(normal, words, hits);
  const before = start > 0 ? "…" : "";
  const after = end < normal.length ? "…" : "";
  return `${before}${marked(normal, hits, start, end).trim()}${after}`.replaceAll(/\s+/g, " ").toWellFormed();
}

const width = 200;
/** How much of what goes before the first hit is shown. */
const lead = 40;

type Hit = Word & { term: Term };

/** The window that begins shortly before a hit and has the most different terms; the first of several. */
function windowOf(text: string, words: readonly Word[], hits: readonly Hit[]): { start: number; end: number } {
  let best = { start: 0, terms: 0 };
  // Of a text that is all hits, the first thousand say enough.
  for (const [index, hit] of hits.slice(0, 1000).entries()) {
    const seen = new Set<Term>();
    for (let next = index; next < hits.length && hits[next]!.end <= hit.start + width - lead; next++) seen.add(hits[next]!.term);
    if (seen.size > best.terms) best = { start: hit.start, terms: seen.size };
  }
  const wanted = Math.max(0, best.start - lead);
  const start = wanted === 0 ? 0 : (words.find((word) => word.start >= wanted)?.start ?? wanted);
  const end = words.findLast((word) => word.end <= start + width && word.start >= start)?.end ?? start + width;
  // What follows the last word, such as a full stop, belongs to it when it ends the text.
  return { start, end: text.length - end <= 2 ? text.length : Math.min(end, text.length) };
}

/** Pairs of characters overlap, and hits that touch are one. */
function marked(text: string, hits: readonly Hit[], start: number, end: number): string {
  const ranges: { start: number; end: number }[] = [];
  for (const hit of hits) {
    if (hit.start < start || hit.end > end) continue;
    const last = ranges.at(-1);
    if (last !== undefined && hit.start <= last.end) last.end = Math.max(last.end, hit.end);
    else ranges.push({ start: hit.start, end: hit.end });
  }
  let output = "";
  let at = start;
  for (const range of ranges) {
    output += `${text.slice(at, range.start)}**${text.slice(range.start, range.end)}**`;
    at = range.end;
  }
  return output + text.slice(at, end);
}
