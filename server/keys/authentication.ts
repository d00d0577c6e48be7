import { GatewayError } from "../errors.ts";
import { longestToken } from "../settings/tokens.ts";
import { type Key, owner, principalOf } from "./key.ts";
import type { LastUse } from "./last-use.ts";
import type { Principal } from "./principal.ts";
import type { SettingsKeys } from "./settings-keys.ts";
import type { KeyStore } from "./store.ts";
import { hashToken } from "./token.ts";

/**
 * Whose token it is: what every request asks. A key of the database is kept in memory and read again when it was last read
 * half a second ago, since the command line and other processes revoke keys too. A token that nobody has is looked up each
 * time, so one that was just made works at once.
 */
export interface Authentication {
  /** Throws `unauthorized`, whose `details.reason` is `unknown`, `expired` or `revoked` when a token was sent. */
  authenticate(token: string | undefined): Principal;
  /** Lets go of a key that this process has changed, so that the change is seen at once. */
  forget(hash: string): void;
  /** Lets go of all, when something has changed that many of them name. */
  forgetAll(): void;
}

interface AuthenticationOptions {
  settingsKeys: Pick<SettingsKeys, "isEnabled" | "byHash">;
  store: Pick<KeyStore, "findByHash">;
  lastUse: Pick<LastUse, "note">;
  /** Every permission of the contract. */
  permissions: readonly string[];
  now: () => number;
}

const readAgainAfterMs = 500;

/** What 10,000 keys take is a few megabytes; with more in use at once, the longest kept are read again. */
const mostKept = 10_000;

interface Kept {
  readonly key: Key;
  readonly principal: Principal;
  readonly readAt: number;
}

export function createAuthentication({ settingsKeys, store, lastUse, permissions, now }: AuthenticationOptions): Authentication {
  const kept = new Map<string, Kept>();

  function stored(hash: string, time: number): Kept | undefined {
    const known = kept.get(hash);
    // A clock that was set back makes no key last longer.
    if (known && time >= known.readAt && time - known.readAt < readAgainAfterMs) return known;
    const key = store.findByHash(hash);
    kept.delete(hash);
    if (!key) return undefined;
    if (kept.size >= mostKept) kept.delete(kept.keys().next().value!);
    const read = { key, principal: principalOf(key, "conversations", permissions), readAt: time };
    kept.set(hash, read);
    return read;
  }

  return {
    authenticate(token) {
      if (!settingsKeys.isEnabled) return owner;
      if (!token) throw new GatewayError("unauthorized", "A valid token is required: send it as `Authorization: Bearer <token>`.");
      if (token.length > longestToken) throw unknown();
      const time = now();
      const hash = hashToken(token);
      const found = settingsKeys.byHash(hash) ?? stored(hash, time);
      if (!found) throw unknown();
      const { key, principal } = found;
      if (key.revokedAt !== null) throw refused("revoked", `This key was revoked on ${iso(key.revokedAt)}. Ask for a new one.`);
      if (key.expiresAt !== null && key.expiresAt <= time) throw refused("expired", `This key ended on ${iso(key.expiresAt)}. Ask for a new one.`);
      if (key.source === "stored") lastUse.note(key.id, time);
      return principal;
    },
    forget: (hash) => void kept.delete(hash),
    forgetAll: () => kept.clear(),
  };
}

const iso = (epochMs: number) => new Date(epochMs).toISOString();

const unknown = () => refused("unknown", "No key has this token. Check that it is whole, or ask for a new one.");

function refused(reason: "unknown" | "expired" | "revoked", message: string): GatewayError {
  return new GatewayError("unauthorized", message, { details: { reason } });
}
