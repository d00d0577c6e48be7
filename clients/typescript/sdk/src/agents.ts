import { dataOf, type Connection } from "../../core/connection.ts";
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
export function createAgents({ api, via }: Connection): Agents {
  return {
    list: (query = {}, options) => dataOf(api.GET("/api/v1/agents", { params: { query }, ...via(options) })),
    get: (agentId, options) => dataOf(api.GET("/api/v1/agents/{agentId}", { params: { path: { agentId } }, ...via(options) })),
    listTools: (agentId, options) => dataOf(api.GET("/api/v1/agents/{agentId}/tools", { params: { path: { agentId } }, ...via(options) })),
    listSessions: (agentId, query = {}, options) => dataOf(api.GET("/api/v1/agents/{agentId}/sessions", { params: { path: { agentId }, query }, ...via(options) })),
    getSession: (agentId, sessionId, options) =>
      dataOf(api.GET("/api/v1/agents/{agentId}/sessions/{sessionId}", { params: { path: { agentId, sessionId } }, ...via(options) })),
    clearSession: (agentId, sessionId, options) =>
      dataOf(api.POST("/api/v1/agents/{agentId}/sessions/{sessionId}/clear", { params: { path: { agentId, sessionId } }, ...via(options) })),
    async deleteSession(agentId, sessionId, options) {
      await dataOf(api.DELETE("/api/v1/agents/{agentId}/sessions/{sessionId}", { params: { path: { agentId, sessionId } }, ...via(options) }));
    },
  };
}
