import { isIP } from "node:net";
import { createNetworkSet, type NetworkSet } from "../settings/network-names.ts";

/**
 * Which addresses the gateway may reach on somebody's behalf: those of the public internet, and the private ones that the settings
 * allow. What is special by IANA's registries (RFC 6890) counts as private: loopback, link-local with the clouds' metadata, private
 * networks, carrier-grade NAT, multicast, reserved and documentation addresses. `allowPrivate` holds addresses and networks.
 */
export function createReachable(allowPrivate: readonly string[]): { mayReach(address: string): boolean } {
  const allowed = createNetworkSet(allowPrivate);
  return {
    mayReach(address) {
      const reached = embedded(address) ?? address;
      return isPublic(reached) || allowed.has(reached) || allowed.has(address);
    },
  };
}

function isPublic(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return !special4.has(address);
  return version === 6 && global6.has(address) && !special6.has(address);
}

const special4: NetworkSet = createNetworkSet([
  "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
  "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
  // Azure's metadata has a public address.
  "168.63.129.16",
]);

/** All that IANA has given to global unicast. Whatever is not in it is special. */
const global6 = createNetworkSet(["2000::/3"]);

/** What is special within it: protocol assignments with Teredo and ORCHID, documentation, 6to4. */
const special6 = createNetworkSet(["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"]);

/** The IPv4 address within one of IPv6: mapped (`::ffff:127.0.0.1`), or translated by NAT64 (`64:ff9b::7f00:1`, RFC 6052). */
function embedded(address: string): string | undefined {
  if (isIP(address) !== 6 || !carriers.has(address)) return undefined;
  // The URL parser writes any IPv6 address in one way: the last 32 bits in hexadecimal.
  const groups = new URL(`http://[${address.replace(/%.*$/, "")}]/`).hostname.slice(1, -1).split(":");
  const [high, low] = groups.slice(-2).map((group) => Number.parseInt(group || "0", 16)) as [number, number];
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}

const carriers = createNetworkSet(["::ffff:0:0/96", "64:ff9b::/96"]);
