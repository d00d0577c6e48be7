import type { Middleware } from "koa";
import { createHostNames, type HostNames } from "../../settings/host-names.ts";
import { createNetworkSet, type NetworkSet } from "../../settings/network-names.ts";
import type { HttpSettings } from "../../settings/settings.ts";
import { createClientAddress, type ClientAddress } from "./client-address.ts";
import { createCors } from "./cors.ts";

/** What stands before authentication. Its rules can be exchanged while it serves; each request meets one set of them. */
export interface Perimeter {
  readonly rules: PerimeterRules;
  /** Takes other settings. Where the gateway listens stays as it was at the start. */
  use(http: HttpSettings): void;
}

/** The settings, made ready for the single request. */
export interface PerimeterRules {
  readonly addressOf: ClientAddress;
  /** Null lets every address in. */
  readonly addresses: NetworkSet | null;
  /** Null takes every name for the gateway's. */
  readonly hosts: HostNames | null;
  /** Null where no other origin may call. */
  readonly cors: Middleware | null;
  /** The other origins whose pages may open a socket; `*` for all. */
  readonly origins: ReadonlySet<string>;
  readonly maxBodyBytes: number;
  /** False leaves the health checks and the contract's own pages. */
  readonly apiEnabled: boolean;
}

export function createPerimeter(http: HttpSettings): Perimeter {
  const listensOn = http.host;
  let rules = rulesOf(http, listensOn);
  return {
    get rules() {
      return rules;
    },
    use: (next) => void (rules = rulesOf(next, listensOn)),
  };
}

function rulesOf({ trustedProxies, allowedIPs, allowedHosts, cors, maxBodyBytes, apiEnabled }: HttpSettings, listensOn: string): PerimeterRules {
  return {
    addressOf: createClientAddress(trustedProxies),
    addresses: allowedIPs.length === 0 ? null : createNetworkSet(allowedIPs),
    hosts: createHostNames(listensOn, allowedHosts),
    cors: cors && createCors(cors),
    origins: new Set(cors?.origins),
    maxBodyBytes,
    apiEnabled,
  };
}
