import { GatewayError } from "../errors.ts";

/** Whose request it is: a key, and what it may do. */
export interface Principal {
  /** The key's id; safe to log. */
  readonly keyId: string;
  readonly label: string;
  /** The place in the settings that the key comes from; it decides how a bare `{"message"}` to `/chat` is answered. */
  readonly edition: "agents" | "conversations" | "workspaces" | "operator";
  /** `resource:verb`, as the contract names them on its operations. */
  readonly permissions: ReadonlySet<string> | "*";
  /** The workspaces whose objects it may see and make. */
  readonly workspaces: readonly string[] | "*";
  /** Names or globs of the tools it may call; null for all that the settings allow. */
  readonly tools: readonly string[] | null;
  /** Names or globs of those that it may not, whatever else allows them; null for none. */
  readonly denyTools: readonly string[] | null;
  /** The owner's token, which has a limit of its own. */
  readonly isOwner: boolean;
  /** Requests a minute; null for what the settings give every key. */
  readonly rateLimitPerMinute: number | null;
  /** Input and output tokens a day (UTC); null for what the settings give every key. */
  readonly maxTokensPerDay: number | null;
}

/** A key's part of what decides on a tool. */
export type ToolRights = Pick<Principal, "tools" | "denyTools">;

/** Whether the key may see the objects of a workspace. */
export function maySee(principal: Pick<Principal, "workspaces">, workspaceId: string): boolean {
  return principal.workspaces === "*" || principal.workspaces.includes(workspaceId);
}

/** Whether the key has a permission. */
export function mayDo({ permissions }: Pick<Principal, "permissions">, permission: string): boolean {
  return permissions === "*" || permissions.has(permission);
}

/** Throws `forbidden` to a key that is bound to workspaces. `what` is read or written for all of them, in the plural and with a capital. */
export function requireUnbound({ workspaces }: Pick<Principal, "workspaces">, what: string): void {
  if (workspaces !== "*") throw new GatewayError("forbidden", `${what} are for all workspaces, and this key is bound to some. Use one that is bound to none.`);
}

/** The workspace of a request that names none. */
export function homeWorkspace({ workspaces }: Principal): string {
  return workspaces === "*" ? "default" : (workspaces[0] ?? "default");
}
