import type { OperationId } from "./contract.ts";

/** An operation that is there, but that the gateway wants its clients to leave. */
export interface Deprecation {
  operation: OperationId;
  /** From when on it is deprecated (RFC 9745). */
  since: Date;
  /** From when on it may be gone (RFC 8594). */
  sunset?: Date;
  /** A page that says what to do instead. */
  link?: string;
}

/** Tells of each operation whose answers say that it is deprecated, once. */
export function watchDeprecations(tell: ((deprecation: Deprecation) => void) | undefined): (operation: OperationId, response: Response) => void {
  const told = new Set<OperationId>();
  return (operation, { headers }) => {
    const since = /^@(-?\d+)/.exec(headers.get("deprecation") ?? "")?.[1];
    if (!tell || since === undefined || told.has(operation)) return;
    told.add(operation);
    const sunset = new Date(headers.get("sunset") ?? NaN);
    const link = /<([^>]*)>[^,]*rel="?deprecation/.exec(headers.get("link") ?? "")?.[1];
    const deprecation = { operation, since: new Date(Number(since) * 1000), ...(Number.isNaN(sunset.getTime()) ? {} : { sunset }), ...(link === undefined ? {} : { link }) };
    // What the listener throws is not the call's.
    queueMicrotask(() => tell(deprecation));
  };
}
