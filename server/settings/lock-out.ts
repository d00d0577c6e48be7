import { expandGrant } from "../keys/permissions.ts";
import { createHostNames } from "./host-names.ts";
import { createNetworkSet } from "./network-names.ts";
import type { Settings } from "./settings.ts";
import { idOfToken } from "./tokens.ts";

/** Who reads or changes the settings. */
export interface Author {
  keyId: string;
  address: string;
  /** The name by which he has called the gateway; empty when he has not said. */
  host: string;
  /** The workspaces that the key is bound to. */
  workspaces: readonly string[] | "*";
}

/** Why the author could not take a change of the settings back, each to be read after "with these settings"; none when he can. */
export function lockOutReasons({ keyId, address, host }: Omit<Author, "workspaces">, current: Settings, next: Settings, now: number): string[] {
  const reasons: string[] = [];
  if (!next.http.apiEnabled) reasons.push("the API would be off");
  if (next.http.allowedIPs.length > 0 && !createNetworkSet(next.http.allowedIPs).has(address)) reasons.push(`your address ${address} would not be among the allowed ones`);
  const hosts = createHostNames(current.http.host, next.http.allowedHosts);
  if (hosts && host !== "" && !hosts.has(host)) reasons.push(`the gateway would not be known as ${host}, the name that you call it by`);
  const ofKey = next.auth.enabled ? keyReason(keyId, current, next, now) : null;
  if (ofKey !== null) reasons.push(ofKey);
  return reasons;
}

function keyReason(keyId: string, current: Settings, next: Settings, now: number): string | null {
  if (!current.auth.enabled) return "requests would need a key, and this one came without";
  const token = current.auth.ownerTokens.find((owner) => idOfToken(owner) === keyId) ?? current.auth.keys.find(({ id }) => id === keyId)?.token;
  // A key that the gateway made lives in the database, whatever the settings say.
  if (token === undefined || next.auth.ownerTokens.includes(token)) return null;
  const kept = next.auth.keys.find(({ id }) => id === keyId);
  if (!kept || (kept.expiresAt !== null && kept.expiresAt <= now)) return "your key would no longer be valid";
  if (kept.workspaces !== "*") return "your key would be bound to workspaces";
  const granted = expandGrant(kept, ["config:write"]);
  return granted === "*" || granted.has("config:write") ? null : "your key would lack the permission `config:write`";
}
