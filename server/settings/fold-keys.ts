import type { ApiKey, ApiToken } from "../../generated/server/settings.ts";
import type { Folding } from "./folding.ts";
import { parseMoment } from "./moment.ts";
import type { ConfiguredKey } from "./settings.ts";
import { checkToken, idOfToken, type TokenPlaces } from "./tokens.ts";

/** The keys of the three places, in the order agents, conversations, workspaces. */
export function foldKeys(folding: Folding, places: TokenPlaces): ConfiguredKey[] {
  const { gateway = {}, api = {} } = folding.file;
  // Within what is off, a token of a missing variable is empty: such a key does not exist.
  const isApiOff = api.enabled === false;
  const agents = (gateway.apiKeys ?? []).map((token, index) =>
    foldKey({ token, pointer: `/gateway/apiKeys/${index}`, label: `API key ${index + 1}`, edition: "agents", limits: {}, isOff: false }, folding, places),
  );
  const conversations = (api.auth?.tokens ?? []).map(({ name, token, scope, ...limits }, index) =>
    foldKey({ token, pointer: `/api/auth/tokens/${index}/token`, label: name, edition: "conversations", scopes: scope, limits, isOff: isApiOff || api.auth?.enabled === false }, folding, places),
  );
  const workspaces = (api.keys ?? []).map(({ key, label, workspaces: named, permissions, ...limits }, index) =>
    foldKey({ token: key, pointer: `/api/keys/${index}/key`, label: label ?? `Key ${index + 1}`, edition: "workspaces", permissions, workspaces: named, limits, isOff: isApiOff }, folding, places),
  );
  return [...agents, ...conversations, ...workspaces].filter((key) => key !== null);
}

interface WrittenKey {
  token: string;
  pointer: string;
  label: string;
  edition: ConfiguredKey["edition"];
  scopes?: ApiToken["scope"] | undefined;
  permissions?: ApiKey["permissions"] | undefined;
  workspaces?: ApiKey["workspaces"] | undefined;
  limits: Pick<ApiKey, "rateLimit" | "maxTokensPerDay" | "tools" | "denyTools" | "expiresAt">;
  isOff: boolean;
}

function foldKey(written: WrittenKey, folding: Folding, places: TokenPlaces): ConfiguredKey | null {
  const { token, pointer, label, edition, scopes, permissions, workspaces, limits, isOff } = written;
  if (isOff && token === "") return null;
  if (!checkToken(token, pointer, folding)) return null;
  places.take(token, pointer);
  return {
    id: idOfToken(token),
    label,
    token,
    place: pointer,
    edition,
    scopes: scopes ?? null,
    permissions: permissions ?? null,
    workspaces: workspaces === undefined || workspaces.includes("*") ? "*" : [...new Set(workspaces)],
    tools: limits.tools ?? null,
    denyTools: limits.denyTools ?? null,
    rateLimitPerMinute: limits.rateLimit ?? null,
    maxTokensPerDay: limits.maxTokensPerDay ?? null,
    expiresAt: foldExpiry(limits.expiresAt, pointer.replace(/[^/]*$/, "expiresAt"), folding),
  };
}

function foldExpiry(written: string | undefined, pointer: string, { fault }: Folding): number | null {
  if (written === undefined) return null;
  const moment = parseMoment(written);
  if (moment === undefined) fault(pointer, "must be a date such as 2027-01-31, or a date and time such as 2027-01-31T12:00:00Z.");
  return moment ?? null;
}
