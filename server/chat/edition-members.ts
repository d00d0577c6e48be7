const agentsOnly = ["agentId", "sessionId"] as const;
const conversationsOnly = ["conversationId", "model", "systemPrompt", "maxTokens", "temperature"] as const;

/** Which members of a request to `/chat` and `/chat/stream` belong to one edition alone: they decide how it is answered. */
export function membersOfEditions(given: object) {
  return { agents: agentsOnly.filter((name) => name in given), conversations: conversationsOnly.filter((name) => name in given) };
}
