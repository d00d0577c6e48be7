import { hash, randomBytes } from "node:crypto";
import { GatewayError } from "../errors.ts";
import { newId } from "../ids.ts";
import type { ConfiguredKey } from "../settings/settings.ts";
import { expandGrant } from "./permissions.ts";
import type { Principal } from "./principal.ts";
import type { KeyRecord, KeyStore } from "./store.ts";

export interface KeysOptions {
  isEnabled: boolean;
  ownerTokens: readonly string[];
  configured: readonly ConfiguredKey[];
  store: KeyStore;
  /** Every permission of the contract. */
  permissions: readonly string[];
  now: () => number;
}

export interface Keys {
  /** The key of a token. Throws `unauthorized`. */
  authenticate(token: string | undefined): Principal | Promise<Principal>;
  /** Makes the owner's token when there is no key at all; null when there is one. Only its hash is kept. */
  createFirstToken(): Promise<string | null>;
}

/** Tokens are random, so a fast hash is enough; they are looked up by it, and so never compared byte by byte. */
const hashToken = (token: string) => hash("sha256", token, "hex");

const owner: Principal = { keyId: "owner", label: "Owner", edition: "operator", permissions: "*", workspaces: "*", isOwner: true, rateLimitPerMinute: null, maxTokensPerDay: null };

export function createKeys({ isEnabled, ownerTokens, configured, store, permissions, now }: KeysOptions): Keys {
  const known = new Map<string, { principal: Principal; expiresAt: number | null }>();
  for (const { token, id, label, edition, scopes, permissions: given, workspaces, rateLimitPerMinute, maxTokensPerDay, expiresAt } of configured) {
    const principal: Principal = { keyId: id, label, edition, permissions: expandGrant({ scopes, permissions: given }, permissions), workspaces, isOwner: false, rateLimitPerMinute, maxTokensPerDay };
    known.set(hashToken(token), { principal, expiresAt });
  }
  for (const token of ownerTokens) known.set(hashToken(token), { principal: owner, expiresAt: null });

  async function authenticateStored(hash: string): Promise<Principal> {
    const record = await store.findByHash(hash);
    if (!record || record.revokedAt !== null || isPast(record.expiresAt)) throw unauthorized();
    return principalOf(record);
  }

  function principalOf(record: KeyRecord): Principal {
    if (record.owner) return { ...owner, keyId: record.id, label: record.label };
    return {
      keyId: record.id,
      label: record.label,
      edition: "conversations",
      permissions: expandGrant(record, permissions),
      workspaces: record.workspaces ?? "*",
      isOwner: false,
      rateLimitPerMinute: record.rateLimit,
      maxTokensPerDay: record.maxTokensPerDay,
    };
  }

  const isPast = (at: number | null) => at !== null && at <= now();

  return {
    authenticate(token) {
      if (!isEnabled) return owner;
      if (!token) throw unauthorized();
      const hash = hashToken(token);
      const found = known.get(hash);
      if (!found) return authenticateStored(hash);
      if (isPast(found.expiresAt)) throw unauthorized();
      return found.principal;
    },
    async createFirstToken() {
      if (!isEnabled || known.size > 0 || (await store.count()) > 0) return null;
      const token = `oc_tok_${randomBytes(24).toString("base64url")}`;
      await store.insert({
        id: newId("key"),
        hash: hashToken(token),
        label: "First start",
        prefix: "oc_tok_",
        lastFour: token.slice(-4),
        owner: true,
        scopes: null,
        permissions: null,
        workspaces: null,
        rateLimit: null,
        maxTokensPerDay: null,
        expiresAt: null,
        createdAt: now(),
        lastUsedAt: null,
        revokedAt: null,
      });
      return token;
    },
  };
}

function unauthorized(): GatewayError {
  return new GatewayError("unauthorized", "A valid token is required: send it as `Authorization: Bearer <token>`.");
}
