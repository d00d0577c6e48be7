import { minimalArguments, minimalValue } from "./minimal-arguments.ts";
import type { ModelMessage, ModelRequest, ToolCall, ToolDefinition } from "./port.ts";

/** Decides what the embedded model says, or which tools it calls. Depends on nothing but the request. */
export function answerOf(request: ModelRequest): { text: string; calls: ToolCall[] } {
  const { messages } = request;
  const results = trailingResults(messages);
  if (results.length > 0) return { text: shaped(request, results.map((result) => reportOf(messages, result)).join("\n")), calls: [] };
  const said = lastUserText(messages);
  const call = wantedCall(request, said);
  if (call !== undefined) {
    return { text: "", calls: [{ id: `call_embedded_${messages.length}`, name: call.name, arguments: JSON.stringify(call.input) }] };
  }
  return { text: shaped(request, inWords(messages, said)), calls: [] };
}

const introduction =
  "I am the embedded model of this gateway. I need no network and I am not a language model: I repeat what you say, tell you what you said before, and call tools that you name.";

const greeting = /^\s*(?:hello|hi|hey|howdy|greetings|good (?:morning|afternoon|evening|day))\b/i;
const identity = /\b(?:who|what) are you\b|\b(?:what|which) (?:ai |language )?model\b|\byour name\b|\bare you (?:a |an )?(?:real|ai|llm|gpt|claude|human|bot)/i;
const recall = /\bwhat did i (?:say|write|ask|tell you) (first|last|before)\b|\bwhat was my (first|last|previous) (?:message|question)\b/i;

function inWords(messages: readonly ModelMessage[], said: string): string {
  const asked = recall.exec(said);
  if (asked !== null) {
    const earlier = messages.filter((message) => message.role === "user").slice(0, -1);
    const first = (asked[1] ?? asked[2])?.toLowerCase() === "first";
    const found = first ? earlier[0] : earlier.at(-1);
    if (found === undefined) return "You have said nothing before this.";
    return `${first ? "You first said" : "You last said"}: ${textOf(found)}`;
  }
  if (greeting.test(said) || identity.test(said)) return `${introduction} You said: ${said}`;
  return `You said: ${said}`;
}

/** Phrases for the gateway's own tools; each needs the tool to be among those of the request. */
const phrases: readonly { tool: string; field: string; pattern: RegExp }[] = [
  { tool: "calculate", field: "expression", pattern: /^(?:please\s+|can you\s+|could you\s+)?calculate\s+(.+?)\s*\??\s*$/is },
  { tool: "memory_search", field: "query", pattern: /^(?:please\s+|can you\s+|could you\s+)?search\s+(?:your\s+|the\s+|my\s+)?memory\s+for\s+(.+?)\s*\??\s*$/is },
  { tool: "memory_save", field: "text", pattern: /^(?:please\s+|can you\s+|could you\s+)?remember\s+(?:that\s+|this:\s*)?(.+?)\s*$/is },
  { tool: "read", field: "path", pattern: /^(?:please\s+|can you\s+|could you\s+)?read\s+(?:me\s+)?(?:the\s+)?(?:file\s+)?["'`]?([^\s"'`]+?)["'`]?[,.;!?]*(?:\s.*)?$/is },
];

function wantedCall(request: ModelRequest, said: string): { name: string; input: unknown } | undefined {
  const { tools = [], toolChoice = "auto" } = request;
  if (tools.length === 0 || toolChoice === "none") return undefined;
  const forced = typeof toolChoice === "object" ? toolChoice.name : undefined;
  const allowed = forced === undefined ? tools : tools.filter((tool) => tool.name === forced);
  for (const tool of allowed) {
    const phrase = phrases.find((candidate) => candidate.tool === tool.name)?.pattern.exec(said);
    const field = phrases.find((candidate) => candidate.tool === tool.name)?.field;
    if (phrase?.[1] !== undefined && field !== undefined) return { name: tool.name, input: filled(tool, phrase[1], field) };
    const named = namedIn(said, tool.name);
    if (named !== undefined) return { name: tool.name, input: inputFrom(tool, named) };
  }
  const must = forced !== undefined || toolChoice === "required" ? allowed[0] : undefined;
  return must === undefined ? undefined : { name: must.name, input: minimalArguments(must.inputSchema) };
}

/** What follows the tool's name, when the text begins with it or says `call`, `use`, `run` or `invoke` before it. */
function namedIn(said: string, name: string): string | undefined {
  const at = said.indexOf(name);
  if (at < 0) return undefined;
  const before = said.slice(0, at);
  // A tool with an everyday name (`read`, `time`) is not called by a sentence that merely begins with the word.
  const begins = before.trim() === "" && name.includes("_");
  if (!begins && !/\b(?:call|use|run|invoke)\s+(?:the\s+)?(?:tool\s+)?["'`]?$/i.test(before)) return undefined;
  const after = said.slice(at + name.length);
  return /^\w/.test(after) ? undefined : after.replace(/^["'`]?\s*(?:tool\b)?\s*(?:with|for|on)?\s*/i, "").trim();
}

function inputFrom(tool: ToolDefinition, rest: string): unknown {
  if (rest.startsWith("{")) {
    try {
      return JSON.parse(rest.slice(0, rest.lastIndexOf("}") + 1)) as unknown;
    } catch {
      // Not JSON after all: it is words.
    }
  }
  return rest === "" ? minimalArguments(tool.inputSchema) : filled(tool, rest, undefined);
}

/** Minimal arguments with the words in the field they are for: the preferred one, else the first string that is required. */
function filled(tool: ToolDefinition, value: string, preferred: string | undefined): Record<string, unknown> {
  const properties = (tool.inputSchema["properties"] ?? {}) as Record<string, { type?: unknown } | undefined>;
  const required = Array.isArray(tool.inputSchema["required"]) ? (tool.inputSchema["required"] as string[]) : [];
  const field =
    preferred !== undefined && preferred in properties
      ? preferred
      : [...required, ...Object.keys(properties)].find((name) => properties[name]?.type === "string");
  return { ...minimalArguments(tool.inputSchema), ...(field !== undefined && { [field]: value }) };
}

/** The answer in the shape that `responseFormat` asks for. */
function shaped({ responseFormat }: ModelRequest, text: string): string {
  if (responseFormat?.type === "json_object") return JSON.stringify({ text });
  if (responseFormat?.type === "json_schema") return JSON.stringify(minimalValue(responseFormat.schema));
  return text;
}

type ToolMessage = Extract<ModelMessage, { role: "tool" }>;

/** The tools' results at the end of the conversation, in their order. */
function trailingResults(messages: readonly ModelMessage[]): ToolMessage[] {
  const start = messages.findLastIndex((message) => message.role !== "tool") + 1;
  return messages.slice(start) as ToolMessage[];
}

function reportOf(messages: readonly ModelMessage[], result: ToolMessage): string {
  const calls = messages.flatMap((message) => (message.role === "assistant" ? (message.toolCalls ?? []) : []));
  const name = calls.findLast((call) => call.id === result.callId)?.name ?? "The tool";
  return result.isError === true ? `${name} failed: ${result.content}` : `${name} answered: ${result.content}`;
}

function lastUserText(messages: readonly ModelMessage[]): string {
  const message = messages.findLast((candidate) => candidate.role === "user");
  return message === undefined ? "" : textOf(message);
}

function textOf(message: ModelMessage): string {
  if (typeof message.content === "string") return message.content;
  return message.content.map((part) => (part.type === "text" ? part.text : "[image]")).join(" ");
}
