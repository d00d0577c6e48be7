import type { components } from "../../generated/server/contract.ts";
import { instantOrNull } from "../http/encode.ts";
import type { Key } from "./key.ts";

type Schemas = components["schemas"];

/** A key as the contract has it. Whatever else the service knows of one, such as its hash, stays inside. */
export function encodeKey(key: Key): Schemas["Key"] {
  return {
    id: key.id,
    label: key.label,
    source: key.source,
    prefix: key.prefix,
    lastFour: key.lastFour,
    scopes: key.scopes as Schemas["Scope"][] | null,
    permissions: key.permissions as Schemas["KeyPermission"][] | null,
    workspaces: key.workspaces === "*" ? ["*"] : [...key.workspaces],
    tools: key.tools && [...key.tools],
    denyTools: key.denyTools && [...key.denyTools],
    rateLimit: key.rateLimit,
    maxTokensPerDay: key.maxTokensPerDay,
    expiresAt: instantOrNull(key.expiresAt),
    createdAt: instantOrNull(key.createdAt),
    lastUsedAt: instantOrNull(key.lastUsedAt),
    revokedAt: instantOrNull(key.revokedAt),
    owner: key.owner,
  };
}
