import { isLoopback } from "../settings/network-names.ts";
import { isPublished } from "../settings/tokens.ts";
import type { Examination } from "./examination.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";
import { readStoredKeys } from "./stored-keys.ts";

/** Whether callers have to prove who they are, and whether anybody could do so as the owner. */
export function checkAuthentication({ settings }: Pick<Examination, "settings">): Finding[] {
  if (settings === null) return [];
  const { auth, http } = settings;
  if (!auth.enabled) {
    const next = "openclaw config set gateway.auth.enabled true";
    return [isLoopback(http.host) ? warning("Authentication is off: every program of this machine may do everything.", next) : problem(`Authentication is off, and the gateway listens on ${http.host}: whoever reaches it may do everything.`, next)];
  }
  const known = [...auth.ownerTokens.map((token) => ({ label: "The owner's token", token })), ...auth.keys.map(({ label, token }) => ({ label: `The token of ${label}`, token }))].filter(({ token }) => isPublished(token));
  if (known.length > 0) return known.map(({ label }) => problem(`${label} is an example from the documentation, which everybody knows.`, "Replace it by a long random text, such as `openssl rand -base64 32` prints."));
  if (auth.ownerTokens.length > 0) return [ok("Authentication is on, and the owner's token is set.")];
  const stored = readStoredKeys(settings.storage.url);
  if (stored.some(({ isOwner, revokedAt }) => isOwner && revokedAt === null)) return [ok("Authentication is on, and the owner's token is the one that the first start made.")];
  if (stored.length === 0 && auth.keys.length === 0) return [ok("Authentication is on; the first start makes the owner's token and prints it once.")];
  return [warning("Authentication is on, but nobody has the owner's token: keys and settings cannot be changed over HTTP.", "Set gateway.auth.token to ${GATEWAY_AUTH_TOKEN}, and that variable to a long random text.")];
}
