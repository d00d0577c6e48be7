import type { Schemas } from "../../../typescript/sdk/src/index.ts";

export type Key = Schemas["Key"];
export type NewKey = Schemas["NewKey"];
export type Scope = NonNullable<Schemas["CreateKeyRequest"]["scopes"]>[number];

export type KeyState = "active" | "expired" | "revoked";

export function stateOf({ revokedAt, expiresAt }: Key): KeyState {
  const now = Date.now();
  if (revokedAt !== null && Date.parse(revokedAt) <= now) return "revoked";
  if (expiresAt !== null && Date.parse(expiresAt) <= now) return "expired";
  return "active";
}

/** The bundles of permissions, as a person chooses between them. */
export const scopes: Readonly<Record<Scope, string>> = {
  chat: "Talk to the agents, and read what was said",
  send: "Send messages to the people on channels",
  read: "Read everything but settings, logs and keys",
  admin: "Everything",
};
