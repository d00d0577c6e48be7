import type { Context, Next } from "koa";
import { GatewayError } from "../../errors.ts";
import type { Perimeter } from "./perimeter.ts";
import { probes } from "./probes.ts";

/**
 * 403 for addresses that are not on the list. Loopback has to be on it like any other: behind a proxy of the same machine
 * that is not trusted, everybody comes from there.
 */
export function refuseAddresses(perimeter: Perimeter) {
  return (koa: Context, next: Next): Promise<unknown> => {
    const { addresses } = perimeter.rules;
    if (addresses) {
      const address = koa.state["address"] as string;
      if (!addresses.has(address) && !probes.has(koa.path)) throw refusal(address);
    }
    return next();
  };
}

function refusal(address: string): GatewayError {
  return new GatewayError("forbidden", `This gateway does not take requests from ${address}. If it should, add the address to \`api.security.allowedIPs\`; if that is a proxy's, add it to \`gateway.trustedProxies\`.`, {
    details: { address },
  });
}
