import { lookup as systemLookup, type LookupAddress, type LookupOptions } from "node:dns";

/** As `dns.lookup` resolves a name. */
export type Resolve = (hostname: string, options: LookupOptions & { all: true }, callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void) => void;

type Callback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/** A name leads to an address that may not be reached. */
export class ForbiddenAddress extends Error {
  override readonly name = "ForbiddenAddress";
}

/**
 * The `lookup` of a socket's connecting. The very addresses that it lets through are connected to: nothing is looked up twice, so no name
 * server can answer one thing to a check and another to the connection (DNS rebinding). A name with one address that may not be reached is
 * refused whole. Not called for a host that is an address: check that before.
 */
export function createGuardedLookup(mayReach: (address: string) => boolean, resolve: Resolve = systemLookup) {
  return (hostname: string, options: LookupOptions, callback: Callback): void => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error) callback(error, "");
      else if (first === undefined || !addresses.every(({ address }) => mayReach(address))) callback(new ForbiddenAddress(hostname), "");
      else if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}
