import type { Folding } from "./folding.ts";
import { foldKeys } from "./fold-keys.ts";
import type { AuthSettings } from "./settings.ts";
import { checkToken, longestToken, TokenPlaces } from "./tokens.ts";

/** Who may call: the owner's tokens, and the keys of all editions. */
export function foldAuth(folding: Folding): AuthSettings {
  const { file, env, fault } = folding;
  const places = new TokenPlaces(folding);
  const owners = new Set<string>();

  const { token } = file.gateway?.auth ?? {};
  const isOff = file.gateway?.auth?.enabled === false;
  if (token !== undefined && !(isOff && token === "") && checkToken(token, "/gateway/auth/token", folding)) {
    owners.add(token);
    places.take(token, "/gateway/auth/token");
  }
  // A secret that comes out of a file often ends with a line break.
  const fromEnv = env["GATEWAY_AUTH_TOKEN"]?.trim();
  if (fromEnv && !owners.has(fromEnv)) {
    if (!/^[\x21-\x7e]+$/.test(fromEnv)) fault("$GATEWAY_AUTH_TOKEN", "in the environment must be printable characters without spaces, or it could not be sent in a header.");
    if (fromEnv.length > longestToken) fault("$GATEWAY_AUTH_TOKEN", `in the environment must have ${longestToken} characters or less, or it would not be looked at.`);
    owners.add(fromEnv);
    places.take(fromEnv, "$GATEWAY_AUTH_TOKEN");
  }

  return { enabled: isEnabled(folding), ownerTokens: [...owners], keys: foldKeys(folding, places) };
}

/** Two places can turn authentication off. When they contradict each other, it stays on. */
function isEnabled({ file, warn }: Folding): boolean {
  const switches = [file.gateway?.auth?.enabled, file.api?.auth?.enabled];
  if (!switches.includes(false)) return true;
  if (!switches.includes(true)) return false;
  warn("gateway.auth.enabled and api.auth.enabled contradict each other; authentication stays on.");
  return true;
}
