import { isIP } from "node:net";
import { isLoopback } from "./network-names.ts";

/** The names that the gateway goes by. */
export interface HostNames {
  /** Takes a `Host` header, which may have a port. */
  has(host: string): boolean;
}

/**
 * Against DNS rebinding: a page on `http://evil.example` gets its own name to mean 127.0.0.1, and is then of the same origin
 * as a gateway that listens there and that nobody else reaches. What betrays it is the `Host` header, which the browser takes
 * from the page's address and which no script can change. So on loopback a name must be known: `localhost` and those below it
 * (RFC 6761 keeps them on this machine), the host that the gateway listens on, or one of the settings. IP addresses are let
 * through, since a page whose address has one was loaded from there: no name was asked for that could have meant another.
 *
 * Null, any name, where other machines reach the gateway and the settings have no names.
 */
export function createHostNames(listensOn: string, allowedHosts: readonly string[]): HostNames | null {
  if (!isLoopback(listensOn) && allowedHosts.length === 0) return null;
  const names = new Set(["localhost", listensOn.toLowerCase(), ...allowedHosts]);
  return {
    has(host) {
      const name = nameOf(host);
      return names.has(name) || name.endsWith(".localhost") || isIP(name) !== 0;
    },
  };
}

/** Without the port, the brackets of IPv6, and the dot that a full name may end with. */
function nameOf(host: string): string {
  return host
    .toLowerCase()
    .replace(/:\d*$/, "")
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/\.$/, "");
}
