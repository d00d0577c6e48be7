import type { Schemas } from "../../core/index.ts";

type AgentsBody = Omit<Schemas["AgentsChatRequest"], "stream">;
type ConversationsBody = Omit<Schemas["ConversationsChatRequest"], "stream">;

/** A body that mixes the editions is refused by the gateway, and by the compiler. */
type Without<Body> = { [Member in Exclude<keyof Body, "message">]?: never };
type Agents = AgentsBody & Without<ConversationsBody>;
type Conversations = ConversationsBody & Without<AgentsBody>;

/** A turn in the agents edition: it names the agent, the session, or both. */
export type AgentsChat = Agents & ({ agentId: string } | { sessionId: string | null });

/** A turn in the conversations edition: it has at least one of the members that only this edition has. */
export type ConversationsChat = Conversations &
  ({ conversationId: string | null } | { model: string } | { systemPrompt: string } | { maxTokens: number } | { temperature: number });

/** A turn in either edition; a bare `{ message }` is in that of the key. */
export type Chat = Agents | Conversations;

export type ChatAnswer = Schemas["ChatAnswer"];
