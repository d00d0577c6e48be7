import { expandGrant } from "./permissions.ts";
import type { Principal } from "./principal.ts";
import type { TokenPrefix } from "./token.ts";

/** A key as it may be shown: without its secret. Times are epoch milliseconds. */
export interface Key {
  readonly id: string;
  readonly label: string;
  /** Made over HTTP or by command and kept in the database, or written in the settings. */
  readonly source: "stored" | "settings";
  /** How the secret begins, where it has one of the known forms; and how it ends, where that tells little of it. */
  readonly prefix: TokenPrefix | "";
  readonly lastFour: string;
  readonly scopes: readonly string[] | null;
  readonly permissions: readonly string[] | null;
  readonly workspaces: readonly string[] | "*";
  /** The tools it may call, as names or globs; null for all that the settings allow. */
  readonly tools: readonly string[] | null;
  /** Those that it may not call, whatever else allows them; null for none. */
  readonly denyTools: readonly string[] | null;
  /** Requests a minute; null for what the settings give every key. */
  readonly rateLimit: number | null;
  /** Null for what the settings give every key. */
  readonly maxTokensPerDay: number | null;
  readonly expiresAt: number | null;
  /** Null for a key of the settings. */
  readonly createdAt: number | null;
  readonly lastUsedAt: number | null;
  readonly revokedAt: number | null;
  readonly owner: boolean;
}

/** Who comes with a key. `known` is every permission of the contract. */
export function principalOf(key: Key, edition: Principal["edition"], known: readonly string[]): Principal {
  return {
    keyId: key.id,
    label: key.label,
    edition: key.owner ? "operator" : edition,
    permissions: key.owner ? "*" : expandGrant(key, known),
    workspaces: key.workspaces,
    tools: key.tools,
    denyTools: key.denyTools,
    isOwner: key.owner,
    rateLimitPerMinute: key.rateLimit,
    maxTokensPerDay: key.maxTokensPerDay,
  };
}

/** An owner's key, whatever its token: it may do everything everywhere. */
export function ownerKey(id: string): Key {
  return {
    id,
    label: "Owner",
    source: "settings",
    prefix: "",
    lastFour: "",
    scopes: null,
    permissions: null,
    workspaces: "*",
    tools: null,
    denyTools: null,
    rateLimit: null,
    maxTokensPerDay: null,
    expiresAt: null,
    createdAt: null,
    lastUsedAt: null,
    revokedAt: null,
    owner: true,
  };
}

/** The owner without a key: who runs a command, and everybody while authentication is off. */
export const owner: Principal = principalOf(ownerKey("owner"), "operator", []);
