import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { createNetworkSet } from "../../settings/network-names.ts";

/** Finds the address that a request comes from. */
export type ClientAddress = (request: IncomingMessage) => string;

/**
 * The address at the other end of the connection; behind trusted proxies the one they name in `X-Forwarded-For`, read from
 * its end up to the first that is no trusted proxy: what stands before it, anybody may have written. IPv4 written as IPv6 is
 * IPv4. `Forwarded` (RFC 7239) is not read: a proxy that does not write it hands on what a client has put there.
 */
export function createClientAddress(trustedProxies: readonly string[]): ClientAddress {
  const trusted = createNetworkSet(trustedProxies);
  return ({ socket, headers: { "x-forwarded-for": header = "" } }) => {
    let address = plain(socket.remoteAddress ?? "");
    if (header === "" || !trusted.has(address)) return address;
    for (const hop of [header].flat().join(",").split(",").reverse()) {
      if (hop.trim() === "") continue;
      const next = plain(withoutPort(hop.trim()));
      if (isIP(next) === 0) break;
      address = next;
      if (!trusted.has(address)) break;
    }
    return address;
  };
}

/** Some proxies write the client's port as well: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
const withoutPort = (hop: string) => hop.replace(/^\[(.*)\](?::\d+)?$/, "$1").replace(/^([\d.]+):\d+$/, "$1");

/** Without the interface of a link-local address (`fe80::1%eth0`), which is this machine's affair. */
function plain(address: string): string {
  const [bare = ""] = address.split("%", 1);
  const mapped = /^::ffff:([\d.]+)$/i.exec(bare)?.[1];
  return mapped !== undefined && isIP(mapped) === 4 ? mapped : bare;
}
