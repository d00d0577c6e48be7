import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { beginning, nextPart, splitText } from "./split-text.ts";

const limit = 200;
const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const characters = (text: string) => Array.from(segmenter.segment(text), ({ segment }) => segment).filter((segment) => segment.trim() !== "");

/** Texts of what a cut has to heed: words, long words, blanks, line ends, emoji of several code points, combining marks. */
const prose = fc
  .array(
    fc.oneof(
      fc.constantFrom("word ", "Sentence. ", "a\n", "\n\n", "- item\n", "👩‍👩‍👧‍👦", "🇩🇪🇫🇷", "e\u0301", "\r\n", "  ", "x".repeat(150)),
      fc.string({ unit: "grapheme", maxLength: 20 }).filter((text) => !/[`~]/.test(text)),
    ),
    { maxLength: 120, size: "max" },
  )
  .map((pieces) => pieces.join(""));

/** Texts with code blocks, some of them never closed. */
const markdown = fc
  .array(
    fc.oneof(
      prose,
      fc.tuple(fc.constantFrom("```", "~~~", "````"), fc.constantFrom("", "js", "python title=x"), fc.array(fc.constantFrom("const a = 1;", "", "    indented()", "x".repeat(90), "a b c d e f g h i j")), fc.boolean()).map(([fence, info, lines, isClosed]) => `\n${fence}${info}\n${lines.join("\n")}\n${isClosed ? `${fence}\n` : ""}`),
    ),
    { maxLength: 8 },
  )
  .map((pieces) => pieces.join(""));

/** Whether each block that a part opens is closed in it. */
function isBalanced(part: string): boolean {
  let open: string | null = null;
  for (const line of part.split("\n")) {
    const marker = /^\s*(`{3,}|~{3,})/.exec(line)?.[1];
    if (marker === undefined) continue;
    if (open === null) open = marker;
    else if (marker[0] === open[0] && marker.length >= open.length && line.trim() === marker) open = null;
  }
  return open === null;
}

describe("splitText", () => {
  test("leaves what fits as it is", () => {
    expect(splitText("Hello\n\nthere", limit)).toEqual(["Hello\n\nthere"]);
    expect(splitText("", limit)).toEqual([]);
    expect(splitText(" \n\t\n", limit)).toEqual([]);
  });

  test("cuts between paragraphs, else lines, else sentences, else words, else characters", () => {
    const long = "w".repeat(60);
    expect(splitText(`${long}\n${long}\n\n${long}\n${long}`, limit)).toEqual([`${long}\n${long}`, `${long}\n${long}`]);
    expect(splitText(`${long}\n${long}\n${long}\n${long}`, limit)).toEqual([`${long}\n${long}\n${long}`, long]);
    expect(splitText(`${long} ${long}. ${long} ${long}`, limit)).toEqual([`${long} ${long}.`, `${long} ${long}`]);
    expect(splitText(`${long} ${long} ${long} ${long}`, limit)).toEqual([`${long} ${long} ${long}`, long]);
    expect(splitText("w".repeat(450), limit).map(({ length }) => length)).toEqual([200, 200, 50]);
  });

  test("a code block goes on in the next part, with its language and its indentation", () => {
    const line = `    call(${"x".repeat(40)});`;
    const parts = splitText(`Look:\n\n\`\`\`js\n${Array.from({ length: 6 }, () => line).join("\n")}\n\`\`\`\nDone.`, limit);
    expect(parts).toEqual([`Look:\n\n\`\`\`js\n${line}\n${line}\n${line}\n\`\`\``, `\`\`\`js\n${line}\n${line}\n${line}\n\`\`\`\nDone.`]);
  });

  test("no part begins or ends with a block that has nothing in it", () => {
    const filler = "w".repeat(188);
    expect(splitText(`${filler}\n\`\`\`js\ncode()\n\`\`\``, limit)).toEqual([filler, "```js\ncode()\n```"]);
    const code = "c".repeat(191);
    expect(splitText(`\`\`\`\n${code}\n\`\`\`\nDone.`, limit)).toEqual([`\`\`\`\n${code}\n\`\`\``, "Done."]);
  });

  test("adds nothing to a plain text", () => {
    const text = `\`\`\`\n${"x".repeat(120)}\n${"y".repeat(120)}`;
    expect(splitText(text, limit, "plain").join("\n")).toBe(text);
  });

  test("no text is lost, no character is broken, and each part fits", () => {
    fc.assert(
      fc.property(prose, fc.integer({ min: limit, max: 400 }), (text, most) => {
        const parts = splitText(text, most);
        for (const part of parts) expect(part.length).toBeLessThanOrEqual(most);
        expect(parts.flatMap(characters)).toEqual(characters(text));
      }),
      { numRuns: 300 },
    );
  });

  test("the blocks of each part are closed in it, and no line is lost", () => {
    fc.assert(
      fc.property(markdown, fc.integer({ min: limit, max: 400 }), (text, most) => {
        const parts = splitText(text, most);
        for (const part of parts) {
          expect(part.length).toBeLessThanOrEqual(most);
          expect(isBalanced(part), part).toBe(true);
        }
        const words = (of: string) => of.replaceAll(/^[ \t]*(`{3,}|~{3,}).*$/gm, "").replaceAll(/\s/g, "");
        expect(words(parts.join("\n"))).toBe(words(text));
      }),
      { numRuns: 300 },
    );
  });

  test("the complete parts of a text that is being written are those of the whole", () => {
    fc.assert(
      fc.property(markdown, fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 40 }), (text, steps) => {
        const parts: string[] = [];
        let place = beginning;
        let written = 0;
        for (let turn = 0; written < text.length; turn++) {
          written = Math.min(text.length, written + steps[turn % steps.length]!);
          for (let part = nextPart(text.slice(0, written), place, limit, false); part?.isComplete; part = nextPart(text.slice(0, written), place, limit, false)) {
            parts.push(part.text);
            place = part.next;
          }
        }
        for (let part = nextPart(text, place, limit, true); part; part = nextPart(text, place, limit, true)) {
          parts.push(part.text);
          place = part.next;
        }
        expect(parts).toEqual(splitText(text, limit));
      }),
      { numRuns: 300 },
    );
  });

  test("one character that is longer than a part is cut between its code points", () => {
    const monster = `a${"\u0301".repeat(500)}`;
    const parts = splitText(monster, limit);
    expect(parts.join("")).toBe(monster);
  });
});
