import { testConformance, type Conformance, type ConformanceOptions } from "../../server/conformance/conformance.ts";
import { operationOf, operations, type OperationId } from "../../server/conformance/contract.ts";
import { useServer } from "../contract/targets.ts";
import type { ServerTarget } from "../contract/server-target.ts";

/** A key that may do everything, as often as it likes. */
export const adminToken = "oc_tok_of_the_conformance_tests";
export const readerToken = "oc_tok_of_a_reader_in_conformance_tests";

export function useConformingServer(): ServerTarget {
  const tokens = [
    { name: "conformance", token: adminToken, scope: ["admin"], rateLimit: 1e9 },
    { name: "reader", token: readerToken, scope: ["read"], rateLimit: 1e9 },
  ];
  return useServer({ settings: { api: { auth: { tokens } } } });
}

/** The tests of these operations; of all, when none are named. */
export function conformanceOf(baseUrl: string, only: readonly OperationId[] = [], options: Partial<ConformanceOptions> = {}): Promise<Conformance> {
  const chosen = only.length === 0 ? [...operations.values()] : only.map(operationOf);
  return testConformance({ baseUrl, token: adminToken, operations: chosen, allowChanges: false, isStateless: false, timeoutMs: 20_000, ...options });
}
