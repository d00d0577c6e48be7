import { dataOf, type Connection } from "../../core/connection.ts";
import type { CallOptions, QueryOf, Schemas } from "../../core/index.ts";

/** Conversations that the key may see. */
export interface Conversations {
  /** A page, the last active first; the next begins at `cursor: nextCursor`. */
  list(query?: QueryOf<"listConversations">, options?: CallOptions): Promise<Schemas["ConversationList"]>;
  /** One with its messages. Throws `not_found`. */
  get(id: string, options?: CallOptions): Promise<Schemas["ConversationDetail"]>;
  /** Deletes it and its messages. Throws `not_found`. */
  delete(id: string, options?: CallOptions): Promise<void>;
}

/** @internal */
export function createConversations({ api, via }: Connection): Conversations {
  return {
    list: (query = {}, options) => dataOf(api.GET("/api/v1/conversations", { params: { query }, ...via(options) })),
    get: (id, options) => dataOf(api.GET("/api/v1/conversations/{id}", { params: { path: { id } }, ...via(options) })),
    async delete(id, options) {
      await dataOf(api.DELETE("/api/v1/conversations/{id}", { params: { path: { id } }, ...via(options) }));
    },
  };
}
