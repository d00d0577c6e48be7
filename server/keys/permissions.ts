/** What a key is given: permissions, the conversations edition's scopes, or neither. */
export interface Grant {
  scopes: readonly string[] | null;
  permissions: readonly string[] | null;
}

/** What a key without either may not touch: the gateway's own affairs. */
const reserved = new Set(["config", "logs", "keys", "webhooks"]);

/** And what the scope `read` does not open. */
const unread = new Set(["config", "logs", "keys"]);

/** What a grant comes to, out of all permissions that the contract knows. */
export function expandGrant({ scopes, permissions }: Grant, known: readonly string[]): ReadonlySet<string> | "*" {
  if (scopes?.includes("admin")) return "*";
  if (!scopes && !permissions) return new Set(known.filter((permission) => !reserved.has(resourceOf(permission))));
  const granted = known.filter((permission) => permissions?.includes(permission) || scopes?.some((scope) => scopeHolds(scope, permission)));
  return new Set(granted);
}

function scopeHolds(scope: string, permission: string): boolean {
  if (scope === "chat") return permission.startsWith("messages:") || permission === "agents:read" || permission === "models:read";
  if (scope === "read") return permission.endsWith(":read") && !unread.has(resourceOf(permission));
  return scope === "send" && permission === "channels:send";
}

const resourceOf = (permission: string) => permission.slice(0, permission.indexOf(":"));
