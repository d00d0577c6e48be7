import { isIP } from "node:net";
import type { Context, Next } from "koa";
import { GatewayError } from "../../errors.ts";
import { isLoopback } from "../../settings/network-names.ts";
import type { Perimeter } from "./perimeter.ts";
import { probes } from "./probes.ts";

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

/** 403 for requests that were meant for somebody else. One without a host (HTTP/1.0) is no browser's. */
export function refuseHosts(perimeter: Perimeter) {
  return (koa: Context, next: Next): Promise<unknown> => {
    const { hosts } = perimeter.rules;
    if (hosts) {
      const host = hostOf(koa);
      if (host !== "" && !hosts.has(host) && !probes.has(koa.path)) throw refusal(host);
    }
    return next();
  };
}

/** What the target itself names comes before the header (RFC 9112, 3.2.2). */
function hostOf({ req: { url = "", headers } }: Context): string {
  const named = url.startsWith("/") ? undefined : /^https?:\/\/([^/?#]*)/i.exec(url)?.[1];
  return named ?? headers.host ?? "";
}

function refusal(host: string): GatewayError {
  const named = host.slice(0, 100);
  return new GatewayError("forbidden", `This gateway is not known as ${JSON.stringify(named)}. If it should be, add the name to \`gateway.allowedHosts\`, without its port.`, {
    details: { host: named },
  });
}
