import type { CallOptions } from "./call-options.ts";
import { dataOf, type Connection } from "./connection.ts";
import type { QueryOf, Schemas } from "./contract.ts";

/** Sessions that the key may see, whichever edition they began in. */
export interface Sessions {
  /** A page, the last active first; the next begins at `cursor: nextCursor`. */
  list(query?: QueryOf<"listSessions">, options?: CallOptions): Promise<Schemas["SessionList"]>;
  /** One with its messages. Throws `not_found`. */
  get(sessionId: string, options?: CallOptions): Promise<Schemas["SessionDetail"]>;
  /** A page of its messages, the oldest first. */
  history(sessionId: string, query?: QueryOf<"getSessionHistory">, options?: CallOptions): Promise<Schemas["History"]>;
  /** Deletes it and its messages. Throws `not_found`. */
  delete(sessionId: string, options?: CallOptions): Promise<void>;
  /** Deletes all sessions of a workspace, and says how many they were. */
  deleteAll(query: QueryOf<"deleteSessions">, options?: CallOptions): Promise<Schemas["DeletedCount"]>;
}

/** @internal */
export function createSessions({ api, via }: Connection): Sessions {
  return {
    list: (query = {}, options) => dataOf(api.GET("/api/v1/sessions", { params: { query }, ...via(options) })),
    get: (sessionId, options) => dataOf(api.GET("/api/v1/sessions/{sessionId}", { params: { path: { sessionId } }, ...via(options) })),
    history: (sessionId, query = {}, options) =>
      dataOf(api.GET("/api/v1/sessions/{sessionId}/history", { params: { path: { sessionId }, query }, ...via(options) })),
    async delete(sessionId, options) {
      await dataOf(api.DELETE("/api/v1/sessions/{sessionId}", { params: { path: { sessionId } }, ...via(options) }));
    },
    deleteAll: (query, options) => dataOf(api.DELETE("/api/v1/sessions", { params: { query }, ...via(options) })),
  };
}
