import { BlockList, isIP } from "node:net";

/** Whether it is an IP address or a network in CIDR notation. */
export function isNetwork(text: string): boolean {
  const [address = "", prefix, ...more] = text.split("/");
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128));
}

/** A set of addresses and networks, as `isNetwork` takes them. An IPv4 address written as IPv6 (`::ffff:10.0.0.1`) is that IPv4 address. */
export interface NetworkSet {
  has(address: string): boolean;
}

export function createNetworkSet(names: readonly string[]): NetworkSet {
  const list = new BlockList();
  for (const name of names) {
    const [address = "", prefix] = name.split("/");
    const family = isIP(address) === 4 ? "ipv4" : "ipv6";
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return {
    has(address) {
      const version = isIP(address);
      return version !== 0 && list.check(address, version === 4 ? "ipv4" : "ipv6");
    },
  };
}

/** Whether a host to listen on is this machine's own, so that nobody else reaches it. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, "$1");
  if (bare.toLowerCase() === "localhost") return true;
  return loopback.has(bare);
}

const loopback = createNetworkSet(["127.0.0.0/8", "::1"]);
