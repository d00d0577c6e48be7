import type { components } from "../../generated/server/contract.ts";
import type { KeysHandlers } from "../../generated/server/handlers.ts";
import type { RequestContext } from "../http/request-context.ts";
import { badRequest } from "../http/validate.ts";
import { parseMoment } from "../settings/moment.ts";
import { encodeKey } from "./encode.ts";
import type { Keys, NewKey } from "./service.ts";

/** Keys over HTTP. */
export function createKeysHandlers({ keys }: { keys: Keys }): KeysHandlers<RequestContext> {
  return {
    async listKeys({ query: { limit, cursor } }, { principal }) {
      const { items, nextCursor } = await keys.list(principal, { limit, cursor });
      return { status: 200, body: { keys: items.map(encodeKey), ...(nextCursor !== null && { nextCursor }) } };
    },
    async createKey({ body: { label, scopes = null, permissions = null, workspaces = null, tools = null, denyTools = null, rateLimit = null, maxTokensPerDay = null, expiresAt } }, { principal }) {
      const wanted = { label, scopes, permissions, workspaces: workspaces?.includes("*") ? ("*" as const) : workspaces, tools, denyTools, rateLimit, maxTokensPerDay, expiresAt: expiresAt === undefined ? null : decodeMoment(expiresAt) };
      return newKeyAnswer(await keys.create(principal, wanted));
    },
    async getOwnKey(_request, { principal }) {
      const { key, permissions } = keys.own(principal);
      return { status: 200, body: { ...encodeKey(key), effectivePermissions: permissions as components["schemas"]["KeyPermission"][] } };
    },
    async revokeKey({ path: { keyId } }, { principal }) {
      await keys.revoke(principal, keyId);
      return { status: 204 };
    },
    async rotateKey({ path: { keyId }, body: { graceSeconds = 0 } = {} }, { principal }) {
      return newKeyAnswer(await keys.rotate(principal, keyId, graceSeconds * 1000));
    },
  };
}

function decodeMoment(text: string): number {
  const moment = parseMoment(text);
  if (moment === undefined) throw badRequest([{ path: "/expiresAt", message: "must be a date such as 2027-01-31, or a date and time such as 2027-01-31T12:00:00Z" }]);
  return moment;
}

function newKeyAnswer({ key, secret }: NewKey) {
  return { status: 201 as const, headers: { "Cache-Control": "no-store" as const }, body: { ...encodeKey(key), secret } };
}
