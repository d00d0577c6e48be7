import { type Fence, fenceAfter, fenceText, mayBeFence } from "./code-fence.ts";

/** Where a part begins, and the code block that it begins in. */
export interface Place {
  readonly at: number;
  readonly fence: Fence | null;
  readonly isPlain?: boolean;
}

export interface Part {
  readonly text: string;
  readonly next: Place;
  /** False while more of the text could still change it; it is then as far as it goes, or empty. */
  readonly isComplete: boolean;
}

export const beginning: Place = { at: 0, fence: null };

/** Of a text in which backticks mean nothing. */
const plainBeginning: Place = { at: 0, fence: null, isPlain: true };

/**
 * Splits a text into parts of at most `limit` UTF-16 units (200 or more): between paragraphs where that can be, else
 * lines, sentences, words, and in any case between what a reader takes for characters. A code block of Markdown that goes on
 * in the next part is closed in the one and opened again, with its language, in the other. Blanks at a cut are left out, and so are parts of nothing else.
 */
export function splitText(text: string, limit: number, format: "markdown" | "plain" = "markdown"): string[] {
  const parts: string[] = [];
  for (let place = format === "plain" ? plainBeginning : beginning; ; ) {
    const part = nextPart(text, place, limit, true);
    if (part === null) return parts;
    parts.push(part.text);
    place = part.next;
  }
}

/**
 * The part that begins at a place; null where nothing is left. Of a text that is still being written (`isWhole` false) the parts
 * that are complete are those that the whole text will have.
 */
export function nextPart(text: string, place: Place, limit: number, isWhole: boolean): Part | null {
  const { isPlain = false } = place;
  let { at, fence } = place;
  for (;;) {
    // A block that ends just here was closed by the part before.
    const first = fence && lineAt(text, at);
    if (fence && first && fenceAfter(first.line, fence) === null) {
      at = first.end;
      fence = null;
    }
    if (!fence) at = matchEnd(blankLines, text, at);
    if (at >= text.length) return null;
    const opening = fence ? `${fenceText(fence)}${fence.info}\n` : "";
    const room = limit - opening.length;
    const rest = text.slice(at, at + room + lookahead);

    if (rest.length <= room) {
      const last = isPlain ? null : lastFence(rest, fence);
      const body = finish(rest, last);
      if (body.length <= room) return body.trim() === "" && !fence ? null : { text: opening + body, next: { at: text.length, fence: last, isPlain }, isComplete: isWhole };
    }
    if (!isWhole && rest.length < room + lookahead) return { text: "", next: { at, fence, isPlain }, isComplete: false };

    const cut = findCut(rest, fence, room, isPlain);
    const body = finish(rest.slice(0, cut.end), cut.fence);
    const next = { at: at + cut.next, fence: cut.fence, isPlain };
    if (body.trim() !== "") return { text: opening + body, next, isComplete: true };
    ({ at, fence } = next);
  }
}

/** What tells whether a cut at the very end of the room would go through a character. */
const lookahead = 2;

const blankLines = /(?:[ \t]*\r?\n)*/y;
const blanks = /[ \t]*/y;
const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

interface Cut {
  /** Behind the last unit of the part. */
  end: number;
  /** Where the next part begins. */
  next: number;
  fence: Fence | null;
}

/** The best place to cut in the room. The better kinds count only in its second half: small parts are no better to read. */
function findCut(rest: string, fence: Fence | null, room: number, isPlain: boolean): Cut {
  const cuts: Record<"paragraph" | "line" | "sentence" | "word", Cut | null> = { paragraph: null, line: null, sentence: null, word: null };
  const graphemes = segmenter.segment(rest);
  const isBoundary = (index: number) => index >= rest.length || graphemes.containing(index)?.index === index;
  const fits = (cut: Cut) => cut.end > 0 && finish(rest.slice(0, cut.end), cut.fence).length <= room;
  /** The furthest that a cut between characters may be, and in which block. */
  let furthest: Cut = { end: 0, next: 0, fence };

  for (let start = 0; start < rest.length; ) {
    const { line, end, isEnded } = lineAt(rest, start);
    const after = isPlain ? null : fenceAfter(line, fence);
    const isFence = isEnded ? after !== fence : !isPlain && start > 0 && mayBeFence(line);
    if (!isFence) {
      const most = Math.min(start + line.length, room - (fence ? fenceText(fence).length + 1 : 0));
      if (most > start) furthest = { end: most, next: most, fence };
      for (const { index, 0: blank } of line.matchAll(/[ \t]+/g)) {
        const at = start + index;
        if (at === 0 || at < room / 2 || at > most || !isBoundary(at)) continue;
        const behind = at + blank.length;
        const cut = { end: at, next: fence || !isBoundary(behind) ? at : behind, fence };
        cuts.word = cut;
        if (/[.!?…。！？]["')\]]*$/.test(line.slice(Math.max(0, index - 4), index))) cuts.sentence = cut;
      }
    } else if (start > 0 && fits({ end: start, next: start, fence })) furthest = { end: start, next: start, fence };
    if (isEnded && end >= room / 2 && (after === null || !isFence)) {
      const cut = { end, next: end, fence: after };
      if (fits(cut)) {
        cuts.line = cut;
        if (!after && matchEnd(blankLines, rest, end) > end) cuts.paragraph = cut;
      }
    }
    if (start + line.length >= room) break;
    fence = after;
    start = end;
  }

  const best = cuts.paragraph ?? cuts.line ?? cuts.sentence ?? cuts.word;
  if (best) return best;
  let { end } = furthest;
  if (!isBoundary(end)) end = graphemes.containing(end)?.index ?? 0;
  // One character that is longer than the room: its code points are kept whole at least.
  if (end === 0) end = /[\uD800-\uDBFF]/.test(rest.charAt(furthest.end - 1)) ? furthest.end - 1 : furthest.end;
  return { end, next: furthest.fence ? end : matchEnd(blanks, rest, end), fence: furthest.fence };
}

/** Without the blanks at its end, and with an open block closed. */
function finish(body: string, fence: Fence | null): string {
  return fence ? `${body.replace(/\r?\n$/, "")}\n${fenceText(fence)}` : body.replace(/[ \t\r\n]+$/, "");
}

function lastFence(text: string, fence: Fence | null): Fence | null {
  for (let at = 0; at < text.length; ) {
    const { line, end } = lineAt(text, at);
    fence = fenceAfter(line, fence);
    at = end;
  }
  return fence;
}

/** The line from a place on, without its end; and where the next one begins. */
function lineAt(text: string, at: number): { line: string; end: number; isEnded: boolean } {
  const index = text.indexOf("\n", at);
  if (index < 0) return { line: text.slice(at), end: text.length, isEnded: false };
  const line = text.slice(at, index);
  return { line: line.endsWith("\r") ? line.slice(0, -1) : line, end: index + 1, isEnded: true };
}

function matchEnd(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}
