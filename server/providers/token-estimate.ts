/**
 * How many tokens something is, without the tokenizer that only its provider has: for windows, and for providers that
 * report no usage. A quarter of a token for each character, and three eighths for each byte more that it takes in UTF-8.
 *
 * Against OpenAI's cl100k and o200k that is 0.9 to 1.1 of the count for English, German, French, code and JSON, 0.7 to 1.3
 * for Chinese, Japanese and Korean (characters alone: 0.3 to 0.5), and 0.4 to 0.6 for numbers, UUIDs and base64.
 */
import type { ModelMessage, ModelRequest, ToolDefinition } from "./port.ts";

/** In fractions, so that the parts of a text may be added up; who shows it rounds up. */
export function estimateTokens(text: string): number {
  return (3 * Buffer.byteLength(text) - text.length) / 8;
}

/** Messages and tool definitions, rounded up. */
export function estimateRequestTokens({ messages, tools = [] }: Pick<ModelRequest, "messages" | "tools">): number {
  let tokens = estimateToolTokens(tools);
  for (const message of messages) tokens += estimateMessageTokens(message);
  return Math.ceil(tokens);
}

/** What a message's role and its bounds take in OpenAI's own count, rounded up. */
const messageFrame = 4;

/** OpenAI's price of an image in low detail. */
const imageTokens = 85;

export function estimateMessageTokens(message: ModelMessage): number {
  let tokens = messageFrame;
  if (typeof message.content === "string") tokens += estimateTokens(message.content);
  else for (const part of message.content) tokens += part.type === "text" ? estimateTokens(part.text) : imageTokens;
  if (message.role === "assistant") for (const { name, arguments: input } of message.toolCalls ?? []) tokens += estimateTokens(name) + estimateTokens(input);
  return tokens;
}

/** A definition is the same object in every turn. */
const definitionTokens = new WeakMap<ToolDefinition, number>();

export function estimateToolTokens(tools: readonly ToolDefinition[]): number {
  let sum = 0;
  for (const tool of tools) {
    let tokens = definitionTokens.get(tool);
    if (tokens === undefined) definitionTokens.set(tool, (tokens = estimateTokens(JSON.stringify(tool))));
    sum += tokens;
  }
  return sum;
}
