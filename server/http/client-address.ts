import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { createNetworkSet } from "../settings/network-names.ts";

/** Finds the address that a request comes from. */
export type ClientAddress = (request: IncomingMessage) => string;

/**
 * The address at the other end of the connection; behind trusted proxies the one they name in `X-Forwarded-For`, read from
 * its end up to the first that is no trusted proxy: what stands before it, anybody may have written. IPv4 written as IPv6 is IPv4.
 */
export function createClientAddress(trustedProxies: readonly string[]): ClientAddress {
  const trusted = createNetworkSet(trustedProxies);
  return ({ socket, headers: { "x-forwarded-for": header = "" } }) => {
    let address = plain(socket.remoteAddress ?? "");
    if (header === "" || !trusted.has(address)) return address;
    for (const hop of [header].flat().join(",").split(",").reverse()) {
      const next = plain(hop.trim());
      if (isIP(next) === 0) break;
      address = next;
      if (!trusted.has(address)) break;
    }
    return address;
  };
}

const plain = (address: string) => (address.startsWith("::ffff:") && isIP(address.slice(7)) === 4 ? address.slice(7) : address);
