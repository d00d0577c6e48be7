import { isDeepStrictEqual } from "node:util";
import { breakOf, detachedComments, endsInLineComment, hasComment, leadOfNew, startsWithBreak, takeApart } from "./json5-pieces.ts";
import { parseSource, type SourceNode } from "./json5-source.ts";
import { stepsOf, type Step } from "./json5-steps.ts";
import { styleOf, writeJson5, writeKey } from "./write-json5.ts";

/**
 * A JSON5 text changed so that it means `next`. Nothing is printed anew that has not changed: the pieces of the text are put
 * together again, with what is new between them. A comment belongs to the entry whose line it ends, else to the one that follows.
 */
export function editJson5(text: string, next: unknown): string {
  const style = styleOf(text);
  const { newline, unit } = style;
  const root = parseSource(text);
  if (root === null) return `${text}${text === "" || text.endsWith(newline) ? "" : newline}${writeJson5(next, style, "")}${newline}`;
  return text.slice(0, root.start) + change(root, next, "") + text.slice(root.end);

  /** `indent` is that of the line, or null where all is to stay in one line. */
  function change({ start, end, value: old, entries }: SourceNode, value: unknown, indent: string | null): string {
    if (isDeepStrictEqual(old, value)) return text.slice(start, end);
    if (entries === null || typeof value !== "object" || value === null || Array.isArray(value) !== Array.isArray(old)) return writeJson5(value, style, indent);
    const { head, pieces, foot } = takeApart(text, start, end, entries);
    const steps = stepsOf(pieces, value);
    const isAllNew = steps.every(({ piece, isGone }) => piece === null || isGone);
    if (isAllNew && !hasComment(head + foot + steps.map(({ piece }) => detachedComments(piece?.lead ?? "")).join(""))) return writeJson5(value, style, indent);
    if (pieces.length > 0) return text[start]! + join(head, steps, foot, leadOfNew(pieces), pieces.at(-1)!.entry.comma !== null) + text[end - 1]!;
    const outer = /^[^\S\r\n]*/.exec(text.slice(text.lastIndexOf("\n", start) + 1))![0];
    return text[start]! + join((head + foot).trimEnd(), steps, newline + outer, newline + outer + unit, style.hasTrailingCommas) + text[end - 1]!;
  }

  /** What stands between the brackets. */
  function join(head: string, steps: Step[], foot: string, leadOfNew: string, hasTrailingComma: boolean): string {
    const indent = breakOf(leadOfNew) === "" ? null : leadOfNew.replace(/^[\r\n\u2028\u2029]+/, "");
    const colon = colonOf(steps);
    const newIndent = hasItemsOfALine(steps) ? null : indent;
    const last = steps.findLast(({ isGone }) => !isGone);
    let result = head;
    let isInComment = endsInLineComment(head);
    // Where something has gone from the beginning of a line, what is left of the line begins there.
    let goneBreak = "";

    function lead(trivia: string): void {
      result += isInComment && !startsWithBreak(trivia) ? newline + trivia : trivia;
      isInComment = endsInLineComment(trivia);
    }

    function trail(trivia: string): void {
      result += trivia;
      isInComment = endsInLineComment(trivia);
    }

    for (const step of steps) {
      const { piece, value, isGone } = step;
      const own = piece?.lead ?? leadOfNew;
      if (isGone) {
        const detached = detachedComments(own);
        if (detached !== "") lead(detached);
        goneBreak ||= breakOf(own);
        continue;
      }
      lead(goneBreak !== "" && breakOf(own) === "" ? goneBreak + own.trimStart() : own);
      goneBreak = "";
      if (piece === null) result += (step.key === null ? "" : writeKey(step.key, style) + colon) + writeJson5(value, style, newIndent);
      else result += text.slice(piece.entry.start, piece.entry.node.start) + (step.isKept ? text.slice(piece.entry.node.start, piece.entry.node.end) : change(piece.entry.node, value, indent));
      trail(piece?.beforeComma ?? "");
      if (step !== last || hasTrailingComma) result += ",";
      trail(piece?.afterComma ?? "");
    }
    lead(foot);
    return result;
  }

  /** Whether these are items such as objects, each of them on one line. */
  function hasItemsOfALine(steps: Step[]): boolean {
    const items = steps.flatMap(({ piece }) => (piece?.entry.key === null && piece.entry.node.entries !== null ? [piece.entry.node] : []));
    return items.length > 0 && items.every(({ start, end }) => !/[\r\n]/.test(text.slice(start, end)));
  }

  /** As between the other keys and their values. */
  function colonOf(steps: Step[]): string {
    const betweens = steps.flatMap(({ piece }) => (piece === null ? [] : /\s*:\s*$/.exec(text.slice(piece.entry.start, piece.entry.node.start))?.[0] ?? []));
    return betweens.find((between) => !/[\r\n]/.test(between)) ?? ": ";
  }
}
