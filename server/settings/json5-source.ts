import json5 from "json5";

/** A value of a JSON5 text, and where it stands in it. */
export interface SourceNode {
  readonly start: number;
  readonly end: number;
  readonly value: unknown;
  /** Of an object its members, of an array its items; null of everything else. */
  readonly entries: SourceEntry[] | null;
}

/** A member of an object, or an item of an array. */
export interface SourceEntry {
  /** Null for an item. */
  readonly key: string | null;
  /** Of the key; of an item its own. */
  readonly start: number;
  readonly node: SourceNode;
  /** Where the comma after it is; null after the last one without. */
  comma: number | null;
}

/** White space, comments, strings, punctuation, names and numbers: enough to take a text apart that is known to be JSON5. */
const tokenPattern = /\s+|\/\/.*|\/\*[^]*?\*\/|"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'|[{}[\],:]|[^\s{}[\],:"'/]+/g;

/** The tokens of a JSON5 text without white space and comments. */
export function tokensOf(text: string): { token: string; start: number }[] {
  return [...text.matchAll(tokenPattern)].filter(([token]) => !/^(\s|\/[/*])/.test(token)).map((match) => ({ token: match[0], start: match.index }));
}

/** The value in a JSON5 text with its place and those of all in it; null when there are only comments. Throws json5's SyntaxError for a wrong text. */
export function parseSource(text: string): SourceNode | null {
  const tokens = tokensOf(text);
  if (tokens.length === 0) return null;
  // What is not JSON5 ends here, so that below every text is well formed.
  json5.parse(text);
  let next = 0;

  function take(): { token: string; start: number } {
    return tokens[next++]!;
  }

  function peek(): string {
    return tokens[next]!.token;
  }

  function node(): SourceNode {
    const { token, start } = take();
    if (token === "{") return collection(start, "}");
    if (token === "[") return collection(start, "]");
    return { start, end: start + token.length, value: json5.parse(token), entries: null };
  }

  function collection(start: number, close: string): SourceNode {
    const entries: SourceEntry[] = [];
    while (peek() !== close) {
      const entry = close === "}" ? member() : item();
      entries.push(entry);
      if (peek() === ",") entry.comma = take().start;
    }
    const end = take().start + 1;
    return { start, end, value: json5.parse(text.slice(start, end)), entries };
  }

  function member(): SourceEntry {
    const { token, start } = take();
    const [key = ""] = Object.keys(json5.parse<object>(`{${token}:0}`));
    take();
    return { key, start, node: node(), comma: null };
  }

  function item(): SourceEntry {
    const inner = node();
    return { key: null, start: inner.start, node: inner, comma: null };
  }

  return node();
}
