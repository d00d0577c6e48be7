/** The embedded model's own tokens: a word, a number or one punctuation mark each. Blanks belong to what follows them. */
const token = /\s*(?:[\p{L}\p{M}\p{N}_]+|[^\s\p{L}\p{M}\p{N}_])/gu;
const word = /\s*\S+/g;

export function countTokens(text: string): number {
  let count = 0;
  token.lastIndex = 0;
  while (token.test(text)) count += 1;
  return count;
}

/** The text up to `limit` tokens, how many it has, and whether there were more. */
export function cutTokens(text: string, limit: number): { text: string; count: number; cut: boolean } {
  let count = 0;
  let end = 0;
  token.lastIndex = 0;
  while (token.test(text)) {
    if (count === limit) return { text: text.slice(0, end), count, cut: true };
    count += 1;
    end = token.lastIndex;
  }
  return { text, count, cut: false };
}

/** The words, each with the blanks before it; joined they are the text again. */
export function words(text: string): string[] {
  const found: string[] = text.match(word) ?? [];
  const rest = /\s+$/.exec(text)?.[0];
  if (rest !== undefined) found.push(rest);
  return found;
}
