import type { ModelMessage } from "../providers/port.ts";
import { estimateMessageTokens } from "../providers/token-estimate.ts";

/** A conversation in its parts, in their order. */
export interface ConversationParts {
  system: readonly ModelMessage[];
  /** Of earlier turns; may be left out, the oldest first. */
  history: readonly ModelMessage[];
  /** What this turn answers; never left out. */
  asked: readonly ModelMessage[];
  /** What this turn has added: calls, which stay, and their results, which may be left out. */
  added: readonly ModelMessage[];
}

export interface FittedConversation {
  messages: readonly ModelMessage[];
  /** How many messages of the history are not among them. */
  leftOut: number;
  /** As estimated. More than was allowed when there was nothing more to leave out. */
  tokens: number;
}

/** What the model is told instead of a result that is left out. */
export const resultLeftOut = "[result left out: the conversation is too long for the model]";

/**
 * What of a conversation the model is told in so many tokens. A turn of the history goes as a whole, from what the user said
 * to the next, so that no call is parted from its result; then the oldest results of the turn itself.
 */
export function fitConversation({ system, history, asked, added }: ConversationParts, budget: number): FittedConversation {
  let tokens = tokensOf(system) + tokensOf(history) + tokensOf(asked) + tokensOf(added);
  if (tokens <= budget) return { messages: [...system, ...history, ...asked, ...added], leftOut: 0, tokens };

  let leftOut = 0;
  while (tokens > budget && leftOut < history.length) {
    do tokens -= estimateMessageTokens(history[leftOut++]!);
    while (leftOut < history.length && history[leftOut]!.role !== "user");
  }
  const shortened = added.map((message) => {
    if (tokens <= budget || message.role !== "tool") return message;
    const short = { ...message, content: resultLeftOut };
    const saved = estimateMessageTokens(message) - estimateMessageTokens(short);
    if (saved <= 0) return message;
    tokens -= saved;
    return short;
  });
  return { messages: [...system, ...history.slice(leftOut), ...asked, ...shortened], leftOut, tokens };
}

function tokensOf(messages: readonly ModelMessage[]): number {
  let tokens = 0;
  for (const message of messages) tokens += estimateMessageTokens(message);
  return tokens;
}
