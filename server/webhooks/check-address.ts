import { GatewayError } from "../errors.ts";
import { badPorts } from "../network/bad-ports.ts";

/**
 * Throws `bad_request` on an address that no delivery could go to. Whether it leads to where the gateway may not reach is seen when
 * it connects: names and settings change.
 */
export function checkAddress(text: string): void {
  const fault = faultOf(URL.parse(text));
  if (fault !== null) throw new GatewayError("bad_request", `/url ${fault}.`, { details: { errors: [{ path: "/url", message: fault }] } });
}

function faultOf(url: URL | null): string | null {
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) return "must be a URL that begins with https:// or http://";
  if (url.username !== "" || url.password !== "") return "must not have a name or password in it: the signature says who calls";
  if (badPorts.has(Number(url.port))) return `must not have the port ${url.port}, which belongs to another protocol`;
  return null;
}
