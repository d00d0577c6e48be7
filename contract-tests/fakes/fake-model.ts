import { withoutSentinels, type Sentinel } from "./sentinels.ts";

/** The conversation as far as the fake model looks at it, the same for both protocols. */
export interface Heard {
  lastUserText: string;
  /** The result, when the last message is a tool's. */
  toolResult: string | undefined;
  tools: readonly string[];
  /** A tool that must be called: by name, or any. */
  mustCall: string | true | undefined;
}

/** What the fake model answers: the pieces of its text in the order it streams them, or calls of tools. */
export interface Said {
  pieces: readonly string[];
  calls: readonly { name: string; arguments: string }[];
  /** `filter` stands for a refusal in the protocol's own word. */
  reason: "stop" | "length" | "calls" | "filter";
}

const phrases: readonly { tool: string; pattern: RegExp; field: string }[] = [
  { tool: "calculate", pattern: /\bcalculate (.+)$/i, field: "expression" },
  { tool: "memory_search", pattern: /\bsearch memory for (.+)$/i, field: "query" },
  { tool: "read", pattern: /\bread (\S+)/i, field: "path" },
];

/** `call <name> {json}` in a tool's result. */
const commands = /\bcall (\w+) (\{[^}]*\})/g;

/** Decides the answer. Deterministic: the same conversation always gives the same one. */
export function answer(heard: Heard, sentinel: Sentinel | undefined): Said {
  if (sentinel?.name === "words") return text(Array.from({ length: sentinel.count ?? 10 }, (_, index) => `word${index} `));
  if (sentinel?.name === "slow") return text(Array.from({ length: sentinel.count ?? 5 }, (_, index) => `slow${index} `));
  if (sentinel?.name === "big") return text(Array.from({ length: sentinel.count ?? 64 }, () => "x".repeat(1023) + " "));
  if (sentinel?.name === "obey" && heard.toolResult !== undefined) {
    // As a model that was talked into it: whatever tools it has been told of.
    const calls = [...heard.toolResult.matchAll(commands)].map(([, name = "", input = "{}"]) => ({ name, arguments: input }));
    if (calls.length > 0) return { pieces: [], calls, reason: "calls" };
  }
  if (heard.toolResult !== undefined) return text(split(`The tool says: ${heard.toolResult}`));
  const calls = callsFor(heard);
  if (calls.length > 0) return { pieces: [], calls, reason: "calls" };
  const pieces = split(`You said: ${withoutSentinels(heard.lastUserText)}`);
  if (sentinel?.name === "length") return { pieces: pieces.slice(0, 2), calls: [], reason: "length" };
  if (sentinel?.name === "filter") return { pieces: [], calls: [], reason: "filter" };
  return text(pieces);
}

function callsFor(heard: Heard): { name: string; arguments: string }[] {
  const said = withoutSentinels(heard.lastUserText);
  const calls: { name: string; arguments: string }[] = [];
  for (const [, name = "", input] of said.matchAll(/\bcall (\w+)(?: (\{[^}]*\}))?/g)) {
    if (heard.tools.includes(name)) calls.push({ name, arguments: input ?? "{}" });
  }
  if (calls.length > 0) return calls;
  for (const { tool, pattern, field } of phrases) {
    const found = pattern.exec(said);
    if (found !== null && heard.tools.includes(tool)) return [{ name: tool, arguments: JSON.stringify({ [field]: found[1] }) }];
  }
  const forced = heard.mustCall === true ? heard.tools[0] : heard.mustCall;
  return forced === undefined ? [] : [{ name: forced, arguments: "{}" }];
}

function text(pieces: readonly string[]): Said {
  return { pieces, calls: [], reason: "stop" };
}

/** Words with the blanks behind them, so that joining the pieces gives the text again. */
function split(whole: string): string[] {
  return whole.match(/\S+\s*/g) ?? [];
}

/** The answer cut to the caller's most tokens, each piece being one; a call is not cut. */
export function cutTo(said: Said, mostTokens: number): Said {
  return said.pieces.length <= mostTokens ? said : { ...said, pieces: said.pieces.slice(0, mostTokens), reason: "length" };
}

/** How many tokens the fakes count in a text: its words. */
export function countWords(whole: string): number {
  return whole.match(/\S+/g)?.length ?? 0;
}
