import { isIP } from "node:net";
import { Agent, type Dispatcher } from "undici";
import { createGuardedLookup, ForbiddenAddress } from "./guarded-lookup.ts";
import { createReachable } from "./reachable.ts";

export interface GuardOptions {
  /** Private addresses and networks that may be reached nevertheless. */
  allowPrivate: readonly string[];
  /** A host that may be at any address: whoever runs the gateway has named it. */
  trustedHost: string;
}

/** Sends requests to a trusted host and to public addresses only. */
export interface GuardedAgent {
  readonly dispatcher: Dispatcher;
  /** Throws a ForbiddenAddress for a host that is written as an address: no look-up would see it. */
  check(url: URL): void;
  close(): Promise<void>;
}

export function createGuardedAgent({ allowPrivate, trustedHost }: GuardOptions): GuardedAgent {
  const { mayReach } = createReachable(allowPrivate);
  const guarded = createGuardedLookup(mayReach);
  const trusting = createGuardedLookup(() => true);
  const dispatcher = new Agent({
    connect: { lookup: (host, options, callback) => (host === trustedHost ? trusting : guarded)(host, options, callback), timeout: 10_000 },
    headersTimeout: 20_000,
    bodyTimeout: 20_000,
  });
  return {
    dispatcher,
    check({ hostname }) {
      const address = hostname.replace(/^\[(.*)\]$/, "$1");
      if (hostname !== trustedHost && isIP(address) !== 0 && !mayReach(address)) throw new ForbiddenAddress(hostname);
    },
    close: () => dispatcher.destroy(),
  };
}
