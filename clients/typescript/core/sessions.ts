import type { CallOptions } from "./call-options.ts";
import type { Connection } from "./connection.ts";
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
export function createSessions({ call }: Connection): Sessions {
  return {
    list: (query = {}, options) => call("listSessions", { query }, options),
    get: (sessionId, options) => call("getSession", { path: { sessionId } }, options),
    history: (sessionId, query = {}, options) => call("getSessionHistory", { path: { sessionId }, query }, options),
    delete: (sessionId, options) => call("deleteSession", { path: { sessionId } }, options),
    deleteAll: (query, options) => call("deleteSessions", { query }, options),
  };
}
