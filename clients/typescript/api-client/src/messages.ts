import { dataOf, type Connection } from "../../core/connection.ts";
import type { CallOptions, Schemas } from "../../core/index.ts";
import { TokenStream } from "./token-stream.ts";

/** Turns with the agent of a workspace. */
export interface Messages {
  /** Says something and waits for the whole answer. */
  send(request: Schemas["SendMessageRequest"], options?: CallOptions): Promise<Schemas["SendMessageResponse"]>;
  /** Says something and yields the answer's text as it is made; `.events()` yields the tools and the end as well. */
  stream(request: Schemas["SendMessageRequest"], options?: CallOptions): TokenStream;
}

/** @internal */
export function createMessages({ api, via, stream }: Connection): Messages {
  return {
    send: (body, options) => dataOf(api.POST("/api/v1/messages", { body, ...via(options) })),
    stream: (body, options) => new TokenStream(stream((sent) => api.POST("/api/v1/messages/stream", { body, parseAs: "stream", ...sent }), options)),
  };
}
