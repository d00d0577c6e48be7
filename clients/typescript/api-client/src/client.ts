import { GatewayClient } from "../../core/gateway-client.ts";
import type { ConnectionOptions, Sessions } from "../../core/index.ts";
import { createSessions } from "../../core/sessions.ts";
import { createMessages, type Messages } from "./messages.ts";
import { createStats, type Stats } from "./stats.ts";

export interface OpenClawOptions extends Omit<ConnectionOptions, "token"> {
  /** Where the gateway is, without `/api/v1`, such as `http://localhost:18789`. */
  baseUrl: string;
  /** The token of a key; a gateway with auth off needs none. */
  apiKey?: string | undefined;
}

/** An OpenClaw gateway, as the workspaces edition sees it. Every call throws an OpenClawError for an error answer. */
export class OpenClaw extends GatewayClient {
  readonly messages: Messages;
  readonly sessions: Sessions;
  readonly stats: Stats;

  constructor({ apiKey, ...options }: OpenClawOptions) {
    super({ ...options, token: apiKey });
    this.messages = createMessages(this.connection);
    this.sessions = createSessions(this.connection);
    this.stats = createStats(this.connection);
  }
}
