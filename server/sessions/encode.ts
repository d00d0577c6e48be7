import type { components } from "../../generated/server/contract.ts";
import { instant } from "../http/encode.ts";
import type { Session, StoredMessage } from "./store.ts";

// One session, four faces.

type Schemas = components["schemas"];

export function encodeMessage({ id, role, content, createdAt, model, usage, toolCalls }: StoredMessage): Schemas["Message"] {
  const message: Schemas["Message"] = { id, role, content, createdAt: instant(createdAt) };
  if (model !== null) message.model = model;
  if (usage !== null) message.usage = usage;
  if (toolCalls !== null && toolCalls.length > 0) message.toolCalls = toolCalls.map((call) => ({ ...call }));
  return message;
}

export function encodeSession({ id, workspaceId, userId, createdAt, lastActiveAt, messageCount, tokensUsed, channel }: Session): Schemas["Session"] {
  return { id, workspace: workspaceId, userId, createdAt: instant(createdAt), lastActiveAt: instant(lastActiveAt), messageCount, tokensUsed, channel };
}

export function encodeAgentSession(session: Session): Schemas["AgentSession"] {
  return { ...encodeSession(session), agentId: session.agentId };
}

export function encodeConversation({ id, title, agentId, workspaceId, channel, messageCount, createdAt, lastActiveAt }: Session): Schemas["Conversation"] {
  return { id, title, agentId, workspace: workspaceId, channel, messageCount, createdAt: instant(createdAt), updatedAt: instant(lastActiveAt) };
}

export function encodePlainSession({ id, channel, userId, messageCount, lastActiveAt }: Session): Schemas["PlainSession"] {
  return { id, channel, userId, messageCount, lastActivity: instant(lastActiveAt) };
}

