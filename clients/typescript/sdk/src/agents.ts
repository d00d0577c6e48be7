import type { Connection } from "../../core/connection.ts";
import type { CallOptions, QueryOf, Schemas } from "../../core/index.ts";

/** The agents of the gateway's settings, and the sessions with them. */
export interface Agents {
  list(query?: QueryOf<"listAgents">, options?: CallOptions): Promise<Schemas["AgentList"]>;
  /** Throws `not_found`. */
  get(agentId: string, options?: CallOptions): Promise<Schemas["Agent"]>;
  /** The tools it names, and whether it may call them. */
  listTools(agentId: string, options?: CallOptions): Promise<Schemas["ToolList"]>;
  /** A page of the sessions with it, the last active first. */
  listSessions(agentId: string, query?: QueryOf<"listAgentSessions">, options?: CallOptions): Promise<Schemas["AgentSessionList"]>;
  /** One session with its messages. */
  getSession(agentId: string, sessionId: string, options?: CallOptions): Promise<Schemas["AgentSessionDetail"]>;
  /** Deletes the messages and keeps the session. */
  clearSession(agentId: string, sessionId: string, options?: CallOptions): Promise<Schemas["AgentSession"]>;
  deleteSession(agentId: string, sessionId: string, options?: CallOptions): Promise<void>;
}

/** @internal */
export function createAgents({ call }: Connection): Agents {
  return {
    list: (query = {}, options) => call("listAgents", { query }, options),
    get: (agentId, options) => call("getAgent", { path: { agentId } }, options),
    listTools: (agentId, options) => call("listAgentTools", { path: { agentId } }, options),
    listSessions: (agentId, query = {}, options) => call("listAgentSessions", { path: { agentId }, query }, options),
    getSession: (agentId, sessionId, options) => call("getAgentSession", { path: { agentId, sessionId } }, options),
    clearSession: (agentId, sessionId, options) => call("clearAgentSession", { path: { agentId, sessionId } }, options),
    deleteSession: (agentId, sessionId, options) => call("deleteAgentSession", { path: { agentId, sessionId } }, options),
  };
}
