import { OpenClawClient, type Schemas } from "../../typescript/sdk/src/index.ts";
import { createApi, type Api } from "./api.ts";

/** The gateway as the key of this page sees it. */
export interface Gateway {
  /** The SDK: agents, conversations, sessions, runs, and streams that resume. */
  readonly client: OpenClawClient;
  /** Every operation of the contract by its path, for what the SDK has no method for: `dataOf(api.GET("/api/v1/keys", via))`. */
  readonly api: Api["api"];
  /** Goes into the options of each call of `api`. */
  readonly via: ReturnType<Api["via"]>;
  /** The same for a call that a signal ends. */
  until: (signal: AbortSignal) => Gateway["via"];
  /** A WebSocket, and the frame to say first on it: browsers can set no header there, and a token is never in an address. */
  openSocket: () => { socket: WebSocket; hello: { type: "auth"; token: string } | undefined };
}

export type OwnKey = Schemas["OwnKey"];
export type Permission = Schemas["KeyPermission"];

export { dataOf } from "./api.ts";

/** With no token for a gateway whose auth is off. */
export function createGateway(token: string | undefined): Gateway {
  const { origin } = location;
  const { api, via } = createApi({ baseUrl: origin, token });
  return {
    client: new OpenClawClient({ baseUrl: origin, token }),
    api,
    via: via(),
    until: (signal) => via({ signal, maxRetries: 0 }),
    openSocket: () => ({ socket: new WebSocket(`${origin.replace(/^http/, "ws")}/ws`), hello: token === undefined ? undefined : { type: "auth", token } }),
  };
}
