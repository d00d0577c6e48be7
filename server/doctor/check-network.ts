import { createNetworkSet, isLoopback } from "../settings/network-names.ts";
import type { Examination } from "./examination.ts";
import { type Finding, ok, warning } from "./finding.ts";

/** From where the gateway can be called. */
export function checkNetwork({ settings }: Pick<Examination, "settings">): Finding[] {
  if (settings === null) return [];
  const { host, allowedIPs, trustedProxies, cors } = settings.http;
  const allowed = createNetworkSet(allowedIPs);
  const findings: Finding[] = [];
  if (!isLoopback(host) && trustedProxies.length === 0) {
    findings.push(warning(`The gateway listens on ${host} without TLS and behind no proxy: tokens and conversations can be read on the way.`, "Put a proxy with TLS in front of it, let the gateway listen on 127.0.0.1, and name the proxy in gateway.trustedProxies."));
  }
  if (!isLoopback(host) && allowedIPs.length === 0) {
    findings.push(warning(`The gateway listens on ${host}, and every address may call it.`, "List those that may in api.security.allowedIPs, 127.0.0.1 and ::1 among them."));
  }
  if (allowedIPs.length > 0 && !(allowed.has("127.0.0.1") || allowed.has("::1"))) {
    findings.push(warning("api.security.allowedIPs has no loopback address: the command line on this machine is locked out.", "Add 127.0.0.1 and ::1 to the list."));
  }
  if (cors?.origins.includes("*") === true) {
    findings.push(warning("CORS lets pages of every origin call the gateway.", "List the origins of your own pages instead of *."));
  }
  return findings.length > 0 ? findings : [ok(isLoopback(host) ? `Only this machine reaches the gateway (${host}).` : `The gateway listens on ${host}, for the ${allowedIPs.length} addresses and networks that may call it.`)];
}
