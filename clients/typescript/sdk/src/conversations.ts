import type { Connection } from "../../core/connection.ts";
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
export function createConversations({ call }: Connection): Conversations {
  return {
    list: (query = {}, options) => call("listConversations", { query }, options),
    get: (id, options) => call("getConversation", { path: { id } }, options),
    delete: (id, options) => call("deleteConversation", { path: { id } }, options),
  };
}
