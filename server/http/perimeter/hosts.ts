import type { Context, Next } from "koa";
import { GatewayError } from "../../errors.ts";
import type { Perimeter } from "./perimeter.ts";
import { probes } from "./probes.ts";

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

/** Whom a request was meant for; empty when it says nothing. What the target itself names comes before the header (RFC 9112, 3.2.2). */
export function hostOf({ req: { url = "", headers } }: Context): string {
  const named = url.startsWith("/") ? undefined : /^https?:\/\/([^/?#]*)/i.exec(url)?.[1];
  return named ?? headers.host ?? "";
}

function refusal(host: string): GatewayError {
  const named = host.slice(0, 100);
  return new GatewayError("forbidden", `This gateway is not known as ${JSON.stringify(named)}. If it should be, add the name to \`gateway.allowedHosts\`, without its port.`, {
    details: { host: named },
  });
}
