import { lookup, type LookupAddress } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { Agent, type Dispatcher } from "undici";
import { createNetworkSet } from "../settings/network-names.ts";

export interface GuardOptions {
  /** Private addresses and networks that may be reached nevertheless. */
  allowPrivate: readonly string[];
  /** A host that may be at any address: whoever runs the gateway has named it. */
  trustedHost: string;
}

/** Sends requests to public addresses only. */
export interface GuardedAgent {
  readonly dispatcher: Dispatcher;
  /** Throws for a host that is written as an address which may not be reached: no look-up would see it. */
  check(url: URL): void;
  close(): Promise<void>;
}

/**
 * An agent that connects to no private, loopback, link-local or otherwise special address (RFC 6890), save what is allowed. The
 * address that counts is the one that is connected to: between a check and a connection of its own a name could change.
 */
export function createGuardedAgent({ allowPrivate, trustedHost }: GuardOptions): GuardedAgent {
  const allowed = createNetworkSet(allowPrivate);
  const mayReach = (address: string) => !special.has(address) || allowed.has(address);

  const guardedLookup: LookupFunction = (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      const reachable = host === trustedHost ? addresses : (addresses ?? []).filter(({ address }) => mayReach(address));
      const [first] = reachable;
      if (error) callback(error, "", 0);
      else if (first === undefined) callback(new NotReachable(host), "", 0);
      else if (options.all === true) callback(null, reachable);
      else callback(null, first.address, first.family);
    });
  };

  const dispatcher = new Agent({ connect: { lookup: guardedLookup, timeout: 10_000 }, headersTimeout: 20_000, bodyTimeout: 20_000 });
  return {
    dispatcher,
    check({ hostname }) {
      const address = hostname.replace(/^\[(.*)\]$/, "$1");
      if (hostname !== trustedHost && isIP(address) !== 0 && !mayReach(address)) throw new NotReachable(hostname);
    },
    close: () => dispatcher.destroy(),
  };
}

export class NotReachable extends Error {
  constructor(host: string) {
    super(`${host} is a private address, which the settings do not allow (network.allowPrivate)`);
  }
}

/** Those of the registries of special-purpose addresses (IANA), with IPv4 in IPv6 (NAT64, 6to4, Teredo). */
const special = createNetworkSet([
  "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
  "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
]);
