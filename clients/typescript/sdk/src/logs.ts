import type { Connection } from "../../core/connection.ts";
import { OpenClawConnectionError } from "../../core/error.ts";
import type { CallOptions, QueryOf, Schemas } from "../../core/index.ts";
import { readEvents } from "../../core/read-events.ts";

export interface FollowLogOptions extends CallOptions {
  /** The `id` of the last entry received: the entries behind it come first. From now on without it. */
  after?: string | undefined;
}

/** What the gateway says of its work, and who asked it for what. */
export interface Logs {
  /** The newest first. Throws `forbidden`. */
  list(query?: QueryOf<"listLogs">, options?: CallOptions): Promise<Schemas["LogPage"]>;
  /** The lines of the gateway's own log as they are written. Ends when the gateway stops, and throws an OpenClawConnectionError when the connection breaks. */
  follow(query?: Omit<QueryOf<"listLogs">, "kind" | "limit" | "cursor">, options?: FollowLogOptions): AsyncGenerator<Schemas["GatewayLogEntry"], void, undefined>;
}

/** @internal */
export function createLogs({ call, open }: Connection): Logs {
  return {
    list: (query = {}, options) => call("listLogs", { query }, options),
    async *follow(query = {}, { after, signal } = {}) {
      const { body } = await open("listLogs", { query, headers: { "Last-Event-ID": after } }, { signal, maxRetries: 0 });
      try {
        for await (const { data } of readEvents(body!)) yield JSON.parse(data) as Schemas["GatewayLogEntry"];
      } catch (error) {
        signal?.throwIfAborted();
        throw new OpenClawConnectionError("The connection broke.", error);
      }
    },
  };
}
