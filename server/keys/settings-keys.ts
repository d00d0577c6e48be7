import type { AuthSettings } from "../settings/settings.ts";
import { idOfToken } from "../settings/tokens.ts";
import { type Key, ownerKey, principalOf } from "./key.ts";
import type { Principal } from "./principal.ts";
import { hashToken, shownParts } from "./token.ts";

/** A key of the settings. */
export interface SettingsKey {
  readonly key: Key;
  readonly principal: Principal;
  /** Where it stands, in words that who runs the gateway can follow. */
  readonly place: string;
}

/** The keys of the settings, which may change while the gateway runs. */
export interface SettingsKeys {
  /** False lets everybody in as the owner. */
  readonly isEnabled: boolean;
  byHash(hash: string): SettingsKey | undefined;
  byId(id: string): SettingsKey | undefined;
  /** All of them, in no order. */
  list(): Iterable<SettingsKey>;
  /** Goes over to other settings: from the next request on. */
  use(auth: AuthSettings): void;
}

/** `known` is every permission of the contract. */
export function createSettingsKeys(auth: AuthSettings, known: readonly string[]): SettingsKeys {
  let isEnabled: boolean;
  let byHash: Map<string, SettingsKey>;
  let byId: Map<string, SettingsKey>;

  function use(next: AuthSettings): void {
    isEnabled = next.enabled;
    const owners = next.ownerTokens.map((token) => entry(token, ownerKey(idOfToken(token)), "operator", "gateway.auth.token or $GATEWAY_AUTH_TOKEN"));
    const others = next.keys.map(({ token, edition, place, rateLimitPerMinute, ...rest }) => entry(token, { ...ownerKey(rest.id), ...rest, rateLimit: rateLimitPerMinute, owner: false }, edition, place));
    byHash = new Map([...others, ...owners]);
    byId = new Map(Array.from(byHash.values(), (found) => [found.key.id, found]));
  }

  function entry(token: string, key: Key, edition: Principal["edition"], place: string): [string, SettingsKey] {
    const shown = { ...key, ...shownParts(token) };
    return [hashToken(token), { key: shown, principal: principalOf(shown, edition, known), place }];
  }

  use(auth);
  return {
    get isEnabled() {
      return isEnabled;
    },
    byHash: (hash) => byHash.get(hash),
    byId: (id) => byId.get(id),
    list: () => byId.values(),
    use,
  };
}
