import { GatewayError } from "../errors.ts";
import { maySee, type Principal } from "../keys/principal.ts";
import type { Workspaces } from "../workspaces/service.ts";
import type { RecentMessages, Session, SessionStore, SessionSummary, SpokenMessage, StoredMessage } from "./store.ts";

export type { Session, SpokenMessage } from "./store.ts";

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
  /** The session under an id; undefined when the id is still free. Throws `not_found` when it is one that the key may not see. */
  find(principal: Principal, id: string): Promise<Session | undefined>;
  /** Throws `not_found`. With an agent's id, also when the session is not that agent's. */
  get(principal: Principal, id: string, agentId?: string): Promise<Session>;
  /** All its messages, oldest first. */
  messages(id: string): Promise<StoredMessage[]>;
  /** The newest behind its summary, within both bounds, oldest first. */
  recentMessages(session: Session, bounds: Omit<RecentMessages, "after">): Promise<SpokenMessage[]>;
  /** Keeps a summary, unless what it is of has been deleted. */
  keepSummary(id: string, summary: SessionSummary): Promise<void>;
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
  async function find(principal: Principal, id: string): Promise<Session | undefined> {
    const session = await store.find(id);
    // Another tenant's session and none at all look the same.
    if (session && !maySee(principal, session.workspaceId)) throw noSession(id);
    return session;
  }

  async function get(principal: Principal, id: string, agentId?: string): Promise<Session> {
    const session = await find(principal, id);
    if (!session || (agentId !== undefined && session.agentId !== agentId)) throw noSession(id);
    return session;
  }

  return {
    async list(principal, { workspaceId, ...query }) {
      if (workspaceId !== undefined) await workspaces.getFor(principal, workspaceId);
      return store.list({ ...query, workspaces: workspaceId === undefined ? principal.workspaces : [workspaceId] });
    },
    find,
    get,
    recentMessages: ({ id, summary }, bounds) => store.recentMessages(id, { after: summary?.upTo ?? null, ...bounds }),
    keepSummary: (id, summary) => store.keepSummary(id, summary),
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

export function noSession(id: string): GatewayError {
  return new GatewayError("not_found", `There is no session \`${id}\`.`);
}
