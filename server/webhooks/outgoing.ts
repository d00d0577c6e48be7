import { createGuardedAgent, type GuardedAgent } from "../network/guarded-agent.ts";

/** The way out for deliveries: to where the settings allow it. */
export interface Outgoing {
  /** For the next attempt. */
  readonly agent: GuardedAgent;
  /** Takes other settings, for attempts that begin from now on. */
  use(allowPrivate: readonly string[]): void;
  close(): Promise<void>;
}

export function createOutgoing(allowPrivate: readonly string[]): Outgoing {
  let agent = createGuardedAgent({ allowPrivate });
  return {
    get agent() {
      return agent;
    },
    use(next) {
      // Attempts under way may end.
      void agent.dispatcher.close();
      agent = createGuardedAgent({ allowPrivate: next });
    },
    close: () => agent.close(),
  };
}
