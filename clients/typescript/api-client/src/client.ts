import { createConnection } from "../../core/connection.ts";
import type { Sessions } from "../../core/index.ts";
import { createSessions } from "../../core/sessions.ts";
import { createMessages, type Messages } from "./messages.ts";
import { createStats, type Stats } from "./stats.ts";

export interface OpenClawOptions {
  /** Where the gateway is, without `/api/v1`, such as `http://localhost:18789`. */
  baseUrl: string;
  /** The token of a key; a gateway with auth off needs none. */
  apiKey?: string | undefined;
  /** Another fetch than the platform's: a proxy, a test, instrumentation. */
  fetch?: typeof globalThis.fetch | undefined;
}

/** An OpenClaw gateway, as the workspaces edition sees it. Every call throws an OpenClawError for an error answer. */
export class OpenClaw {
  readonly messages: Messages;
  readonly sessions: Sessions;
  readonly stats: Stats;

  constructor({ baseUrl, apiKey, fetch }: OpenClawOptions) {
    const connection = createConnection({ baseUrl, token: apiKey, fetch });
    this.messages = createMessages(connection);
    this.sessions = createSessions(connection);
    this.stats = createStats(connection);
  }
}
