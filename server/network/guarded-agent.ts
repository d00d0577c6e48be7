import { isIP } from "node:net";
import { Agent, type Dispatcher } from "undici";
import { createGuardedLookup, ForbiddenAddress, type Resolve } from "./guarded-lookup.ts";
import { createReachable } from "./reachable.ts";

export interface GuardOptions {
  /** Private addresses and networks that may be reached nevertheless. */
  allowPrivate: readonly string[];
  /** A host that may be at any address: whoever runs the gateway has named it. */
  trustedHost?: string;
  /** How names are resolved; tests have their own. */
  resolve?: Resolve | undefined;
}

/** Sends requests to public addresses, and to a trusted host, only. How long an answer may take is up to the caller's signal. */
export interface GuardedAgent {
  readonly dispatcher: Dispatcher;
  /** Throws a ForbiddenAddress for a host that is written as an address: no look-up would see it. */
  check(url: URL): void;
  close(): Promise<void>;
}

export function createGuardedAgent({ allowPrivate, trustedHost, resolve }: GuardOptions): GuardedAgent {
  const { mayReach } = createReachable(allowPrivate);
  const guarded = createGuardedLookup(mayReach, resolve);
  const trusting = createGuardedLookup(() => true, resolve);
  const dispatcher = new Agent({
    connect: { lookup: (host, options, callback) => (host === trustedHost ? trusting : guarded)(host, options, callback), timeout: 10_000 },
    maxHeaderSize: 32_768,
  });
  return {
    dispatcher,
    check({ hostname }) {
      // The URL parser has written every form of an IPv4 address (decimal, octal, hexadecimal, short) as the usual one.
      const address = hostname.replace(/^\[(.*)\]$/, "$1");
      if (hostname !== trustedHost && isIP(address) !== 0 && !mayReach(address)) throw new ForbiddenAddress(hostname);
    },
    close: () => dispatcher.destroy(),
  };
}
