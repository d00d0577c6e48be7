import { createHash } from "node:crypto";

export interface Faults {
  /**
   * Whether a request that asks for faults so many times meets them now. After as many comes one that does not, which is the
   * client's retry; after that it begins anew.
   */
  strike(request: unknown, times: number): boolean;
}

/** Retries that never came; the oldest are forgotten. */
const mostCounted = 10_000;

export function createFaults(): Faults {
  const struck = new Map<string, number>();
  return {
    strike(request, times) {
      const name = createHash("sha256").update(JSON.stringify(request)).digest("base64");
      const count = struck.get(name) ?? 0;
      struck.delete(name);
      if (count >= times) return false;
      if (struck.size >= mostCounted) struck.delete(struck.keys().next().value!);
      struck.set(name, count + 1);
      return true;
    },
  };
}
