import type { Principal } from "./principal.ts";

/** A key that may do everything everywhere, for tests; `overrides` take some of it away. */
export function testPrincipal(overrides: Partial<Principal> = {}): Principal {
  return { keyId: "key_1", label: "", edition: "agents", permissions: "*", workspaces: "*", isOwner: false, rateLimitPerMinute: null, maxTokensPerDay: null, ...overrides };
}
