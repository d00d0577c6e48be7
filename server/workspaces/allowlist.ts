import { GatewayError } from "../errors.ts";
import type { Workspace } from "./store.ts";

/** Users to let in and to shut out, as `<id>` or `<channel>:<id>`. */
export interface AllowlistChange {
  add?: readonly string[] | undefined;
  remove?: readonly string[] | undefined;
}

/** A turn in the workspace keeps all of it in memory. */
const mostUsers = 10_000;

/**
 * The workspace with its list changed; the same object when nothing changes. Throws `bad_request` on a user who is to be
 * let in and shut out at once, and when the list would get too long.
 */
export function changeAllowlist(workspace: Workspace, { add = [], remove = [] }: AllowlistChange, at: number): Workspace {
  const added = new Set(add);
  const removed = new Set(remove);
  const errors = remove.flatMap((user, index) => (added.has(user) ? [{ path: `/remove/${index}`, message: `\`${user}\` is in \`add\` too` }] : []));
  if (errors.length > 0) throw new GatewayError("bad_request", "A user cannot be added and removed at once.", { details: { errors } });

  const allowlist = new Set([...workspace.allowlist, ...added].filter((user) => !removed.has(user)));
  if (allowlist.size > mostUsers) {
    const message = `The list would hold ${allowlist.size} users, and ${mostUsers} at the most is what it can.`;
    throw new GatewayError("bad_request", `${message} Remove some first.`, { details: { errors: [{ path: "/add", message }] } });
  }
  const isSame = allowlist.size === workspace.allowlist.size && [...allowlist].every((user) => workspace.allowlist.has(user));
  return isSame ? workspace : { ...workspace, allowlist, updatedAt: at };
}
