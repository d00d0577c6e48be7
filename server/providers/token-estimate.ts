/**
 * The estimate for providers that report no usage: a token is taken for four characters, rounded up, which is what
 * OpenAI gives as a rule of thumb for English. It errs, but a budget or a statistic that counted nothing would err more.
 */
import type { ModelRequest } from "./port.ts";

export function estimateTokens(characters: number): number {
  return Math.ceil(characters / 4);
}

/** Messages and tool definitions; an image counts as 85 tokens, OpenAI's price of one in low detail. */
export function estimateRequestTokens(request: ModelRequest): number {
  let characters = 0;
  let images = 0;
  for (const message of request.messages) {
    if (typeof message.content === "string") {
      characters += message.content.length;
    } else {
      for (const part of message.content) {
        if (part.type === "text") characters += part.text.length;
        else images += 1;
      }
    }
    if (message.role === "assistant") for (const call of message.toolCalls ?? []) characters += call.name.length + call.arguments.length;
  }
  if (request.tools !== undefined) characters += JSON.stringify(request.tools).length;
  return estimateTokens(characters) + images * 85;
}
