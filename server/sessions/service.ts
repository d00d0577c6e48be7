import { GatewayError } from "../errors.ts";
import { maySee, type Principal } from "../keys/principal.ts";
import type { Workspaces } from "../workspaces/service.ts";
import type { Session, SessionStore, StoredMessage } from "./store.ts";

/** Which sessions, and which page of them. */
export interface SessionQuery {
  workspaceId?: string | undefined;
  agentId?: string | undefined;
  userId?: string | undefined;
  limit: number;
  cursor?: string | undefined;
}

export interface Sessions {
  /** Those the key may see, the last active first. Throws `not_found` on a workspace it may not see. */
  list(principal: Principal, query: SessionQuery): Promise<{ items: Session[]; nextCursor: string | null }>;
  /** Throws `not_found`. With an agent's id, also when the session is not that agent's. */
  get(principal: Principal, id: string, agentId?: string): Promise<Session>;
  /** All its messages, oldest first. */
  messages(id: string): Promise<StoredMessage[]>;
  history(principal: Principal, id: string, page: { limit: number; offset: number }): Promise<{ messages: StoredMessage[]; total: number }>;
  /** Throws `not_found`. */
  delete(principal: Principal, id: string, agentId?: string): Promise<void>;
  /** Deletes the messages and keeps the session, which it gives back. Throws `not_found`. */
  clear(principal: Principal, id: string, agentId?: string): Promise<Session>;
  /** Deletes all sessions of a workspace; how many. Throws `not_found` on a workspace the key may not see. */
  deleteIn(principal: Principal, workspaceId: string): Promise<number>;
  /** How many the key may see. */
  count(principal: Principal): Promise<number>;
}

export function createSessions({ store, workspaces }: { store: SessionStore; workspaces: Workspaces }): Sessions {
  async function get(principal: Principal, id: string, agentId?: string): Promise<Session> {
    const session = await store.find(id);
    // Another tenant's session and none at all look the same.
    if (!session || !maySee(principal, session.workspaceId) || (agentId !== undefined && session.agentId !== agentId)) {
      throw new GatewayError("not_found", `There is no session \`${id}\`.`);
    }
    return session;
  }

  return {
    async list(principal, { workspaceId, ...query }) {
      if (workspaceId !== undefined) await workspaces.getFor(principal, workspaceId);
      return store.list({ ...query, workspaces: workspaceId === undefined ? principal.workspaces : [workspaceId] });
    },
    get,
    messages: (id) => store.allMessages(id),
    async history(principal, id, page) {
      await get(principal, id);
      return store.messages(id, page);
    },
    async delete(principal, id, agentId) {
      await get(principal, id, agentId);
      await store.delete(id);
    },
    async clear(principal, id, agentId) {
      await get(principal, id, agentId);
      await store.clear(id);
      return get(principal, id, agentId);
    },
    async deleteIn(principal, workspaceId) {
      await workspaces.getFor(principal, workspaceId);
      return store.deleteIn(workspaceId);
    },
    count: ({ workspaces: visible }) => store.count({ workspaces: visible }),
  };
}
