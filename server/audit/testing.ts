import type { AuditedCall } from "./store.ts";

/** An entry for tests. */
export function testCall(overrides: Partial<AuditedCall> = {}): AuditedCall {
  return { at: 1_000, keyId: "key_1", address: "127.0.0.1", operation: "listAgents", method: "GET", object: null, status: 200, complete: true, durationMs: 1, requestId: "req_1", times: 1, ...overrides };
}
