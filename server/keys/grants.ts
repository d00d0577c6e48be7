import { GatewayError } from "../errors.ts";
import type { Key } from "./key.ts";
import { expandGrant } from "./permissions.ts";
import type { Principal } from "./principal.ts";

/** What a key is given: its permissions, and where they hold. */
export type Given = Pick<Key, "scopes" | "permissions" | "workspaces" | "owner">;

/** Whether somebody may see a key: one that is bound to workspaces sees those bound to no other. */
export function maySeeKey({ workspaces }: Principal, key: Pick<Key, "workspaces">): boolean {
  return missingWorkspaces(workspaces, key.workspaces).length === 0;
}

/** Nobody hands out more than he has himself. Throws `forbidden`, naming what the author lacks. */
export function checkMayGive(author: Principal, given: Given, known: readonly string[]): void {
  const permissions = missingPermissions(author, given, known);
  const workspaces = missingWorkspaces(author.workspaces, given.workspaces);
  if (permissions.length === 0 && workspaces.length === 0) return;
  const lacks = [permissions.length > 0 && named("the permission", permissions), workspaces.length > 0 && (workspaces[0] === "*" ? "all workspaces" : named("the workspace", workspaces))];
  throw new GatewayError("forbidden", `This key cannot give what it lacks itself: ${lacks.filter((lack) => lack !== false).join("; ")}.`, {
    details: { ...(permissions.length > 0 && { permissions }), ...(workspaces.length > 0 && { workspaces }) },
  });
}

function missingPermissions({ permissions: own, isOwner }: Principal, given: Given, known: readonly string[]): string[] {
  if (given.owner) return isOwner ? [] : ["owner"];
  if (own === "*") return [];
  const granted = expandGrant(given, known);
  // All there will ever be is more than all there are now.
  return granted === "*" ? ["admin"] : [...granted].filter((permission) => !own.has(permission));
}

function missingWorkspaces(own: Principal["workspaces"], given: Key["workspaces"]): readonly string[] {
  if (own === "*") return [];
  return given === "*" ? ["*"] : given.filter((id) => !own.includes(id));
}

function named(what: string, names: readonly string[]): string {
  return `${what}${names.length > 1 ? "s" : ""} ${names.map((name) => `\`${name}\``).join(", ")}`;
}
