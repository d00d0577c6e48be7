import type { Connection } from "../../core/connection.ts";
import type { CallOptions, Schemas, StreamOptions } from "../../core/index.ts";
import { TokenStream } from "./token-stream.ts";

/** Turns with the agent of a workspace. */
export interface Messages {
  /** Says something and waits for the whole answer. */
  send(request: Schemas["SendMessageRequest"], options?: CallOptions): Promise<Schemas["SendMessageAnswer"]>;
  /** Says something and yields the answer's text as it is made; `.events()` yields the tools and the end as well. */
  stream(request: Schemas["SendMessageRequest"], options?: StreamOptions): TokenStream;
}

/** @internal */
export function createMessages({ call, stream }: Connection): Messages {
  return {
    send: (body, options) => call("sendMessage", { body }, options),
    stream: (body, options) => new TokenStream(stream("streamMessage", { body }, options)),
  };
}
