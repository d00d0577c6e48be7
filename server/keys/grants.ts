import { GatewayError } from "../errors.ts";
import { matchesAny } from "../tools/globs.ts";
import type { Key } from "./key.ts";
import { expandGrant } from "./permissions.ts";
import type { Principal, ToolRights } from "./principal.ts";

/** What a key is given: its permissions, where they hold, and for which tools. */
export type Given = Pick<Key, "scopes" | "permissions" | "workspaces" | "tools" | "denyTools" | "owner">;

/** Whether somebody may see a key: one that is bound to workspaces sees those bound to no other. */
export function maySeeKey({ workspaces }: Principal, key: Pick<Key, "workspaces">): boolean {
  return missingWorkspaces(workspaces, key.workspaces).length === 0;
}

/** Nobody hands out more than he has himself. Throws `forbidden`, naming what the author lacks. */
export function checkMayGive(author: Principal, given: Given, known: readonly string[]): void {
  const permissions = missingPermissions(author, given, known);
  const workspaces = missingWorkspaces(author.workspaces, given.workspaces);
  const tools = missingTools(author, given);
  if (permissions.length === 0 && workspaces.length === 0 && tools.length === 0) return;
  const lacks = [
    permissions.length > 0 && named("the permission", permissions),
    workspaces.length > 0 && (workspaces[0] === "*" ? "all workspaces" : named("the workspace", workspaces)),
    tools.length > 0 && named("the tool", tools),
  ];
  throw new GatewayError("forbidden", `This key cannot give what it lacks itself: ${lacks.filter((lack) => lack !== false).join("; ")}.`, {
    details: { ...(permissions.length > 0 && { permissions }), ...(workspaces.length > 0 && { workspaces }), ...(tools.length > 0 && { tools }) },
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

/**
 * A glob of the one that fits a glob of the other fits whatever that one fits: a `*` can only stand for a `*`. What the author is
 * denied must be denied to the key as well, or be out of its reach.
 */
function missingTools(own: ToolRights, given: ToolRights): readonly string[] {
  const globs = given.tools ?? ["*"];
  const beyond = own.tools === null ? [] : globs.filter((glob) => !matchesAny(own.tools!, glob));
  const isOutOfReach = (denied: string) => matchesAny(given.denyTools ?? [], denied) || !globs.some((glob) => glob.includes("*") || matchesAny([denied], glob));
  return [...beyond, ...(own.denyTools ?? []).filter((denied) => !isOutOfReach(denied))];
}

function named(what: string, names: readonly string[]): string {
  return `${what}${names.length > 1 ? "s" : ""} ${names.map((name) => `\`${name}\``).join(", ")}`;
}
