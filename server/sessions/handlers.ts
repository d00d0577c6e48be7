import type { SessionsHandlers } from "../../generated/server/handlers.ts";
import type { Agents } from "../agents/service.ts";
import type { RequestContext } from "../http/request-context.ts";
import { nextCursor } from "../http/encode.ts";
import { encodeAgentSession, encodeConversation, encodeMessage, encodePlainSession, encodeSession } from "./encode.ts";
import type { Sessions } from "./service.ts";

/** Sessions in four editions: the same calls of the service, four shapes. */
export function createSessionsHandlers({ sessions, agents }: { sessions: Sessions; agents: Agents }): SessionsHandlers<RequestContext> {
  const messagesOf = async (id: string) => (await sessions.messages(id)).map(encodeMessage);

  return {
    // The workspaces edition.
    async listSessions({ query: { limit, cursor, workspace, userId } }, { principal }) {
      const page = await sessions.list(principal, { limit, cursor, workspaceId: workspace, userId });
      return { status: 200, body: { sessions: page.items.map(encodeSession), ...nextCursor(page.nextCursor) } };
    },
    async getSession({ path: { sessionId } }, { principal }) {
      const session = await sessions.get(principal, sessionId);
      return { status: 200, body: { ...encodeSession(session), agentId: session.agentId, messages: await messagesOf(sessionId) } };
    },
    async getSessionHistory({ path: { sessionId }, query: { limit, offset } }, { principal }) {
      const { messages, total } = await sessions.history(principal, sessionId, { limit, offset });
      return { status: 200, body: { messages: messages.map(encodeMessage), total, limit, offset } };
    },
    async deleteSession({ path: { sessionId } }, { principal }) {
      await sessions.delete(principal, sessionId);
      return { status: 204 };
    },
    async deleteSessions({ query: { workspace } }, { principal }) {
      return { status: 200, body: { deleted: await sessions.deleteIn(principal, workspace) } };
    },

    // The agents edition.
    async listAgentSessions({ path: { agentId }, query: { limit, cursor } }, { principal }) {
      agents.get(agentId);
      const page = await sessions.list(principal, { agentId, limit, cursor });
      return { status: 200, body: { sessions: page.items.map(encodeAgentSession), ...nextCursor(page.nextCursor) } };
    },
    async getAgentSession({ path: { agentId, sessionId } }, { principal }) {
      agents.get(agentId);
      const session = await sessions.get(principal, sessionId, agentId);
      return { status: 200, body: { ...encodeAgentSession(session), messages: await messagesOf(sessionId) } };
    },
    async deleteAgentSession({ path: { agentId, sessionId } }, { principal }) {
      agents.get(agentId);
      await sessions.delete(principal, sessionId, agentId);
      return { status: 204 };
    },
    async clearAgentSession({ path: { agentId, sessionId } }, { principal }) {
      agents.get(agentId);
      return { status: 200, body: encodeAgentSession(await sessions.clear(principal, sessionId, agentId)) };
    },

    // The conversations and operator editions.
    async listConversations({ query: { limit, cursor } }, { principal }) {
      const page = await sessions.list(principal, { limit, cursor });
      return { status: 200, body: { conversations: page.items.map(encodeConversation), ...nextCursor(page.nextCursor) } };
    },
    async getConversation({ path: { id } }, { principal }) {
      const session = await sessions.get(principal, id);
      return { status: 200, body: { ...encodeConversation(session), messages: await messagesOf(id) } };
    },
    async deleteConversation({ path: { id } }, { principal }) {
      await sessions.delete(principal, id);
      return { status: 204 };
    },

    // The plain edition.
    async listPlainSessions({ query: { limit, cursor } }, { principal }) {
      const page = await sessions.list(principal, { limit, cursor });
      return { status: 200, body: { sessions: page.items.map(encodePlainSession), ...nextCursor(page.nextCursor) } };
    },
    async getPlainSession({ path: { id } }, { principal }) {
      const session = await sessions.get(principal, id);
      return { status: 200, body: { ...encodePlainSession(session), messages: await messagesOf(id) } };
    },
    async deletePlainSession({ path: { id } }, { principal }) {
      await sessions.delete(principal, id);
      return { status: 204 };
    },
  };
}
