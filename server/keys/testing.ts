import { newId } from "../ids.ts";
import type { Principal } from "./principal.ts";
import type { KeyRecord } from "./store.ts";

/** A key that may do everything everywhere, for tests; `overrides` take some of it away. */
export function testPrincipal(overrides: Partial<Principal> = {}): Principal {
  return { keyId: "key_1", label: "", edition: "agents", permissions: "*", workspaces: "*", tools: null, denyTools: null, isOwner: false, rateLimitPerMinute: null, maxTokensPerDay: null, ...overrides };
}

/** A key of the database that was given nothing in particular. */
export function testKey(overrides: Partial<KeyRecord> = {}): KeyRecord {
  const id = newId("key");
  return {
    id,
    source: "stored",
    hash: `hash of ${id}`,
    label: "Laptop",
    prefix: "oc_tok_",
    lastFour: "abcd",
    owner: false,
    scopes: null,
    permissions: null,
    workspaces: "*",
    tools: null,
    denyTools: null,
    rateLimit: null,
    maxTokensPerDay: null,
    expiresAt: null,
    createdAt: 1,
    lastUsedAt: null,
    revokedAt: null,
    ...overrides,
  };
}
