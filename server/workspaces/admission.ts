import { GatewayError } from "../errors.ts";
import type { Workspace } from "./store.ts";

/** Who speaks, in the caller's own terms; null when nobody said. */
export interface Speaker {
  userId: string | null;
  channel: string;
}

/**
 * Whether a workspace's allow list lets a user in: as `userId`, or as `<channel>:<userId>`. An empty list lets all in.
 * Throws `forbidden`; to who names nobody it says to send `howToName`.
 */
export function requireAdmission({ id, allowlist }: Workspace, { userId, channel }: Speaker, howToName: string): void {
  if (allowlist.size === 0) return;
  if (userId !== null && (allowlist.has(userId) || allowlist.has(`${channel}:${userId}`))) return;
  const message =
    userId === null
      ? `The workspace \`${id}\` lets in the users of its allow list only, and the request names none: send ${howToName}.`
      : `The user \`${userId}\` is not on the allow list of the workspace \`${id}\`. \`PATCH /api/v1/workspaces/${id}/allowlist\` lets a user in.`;
  throw new GatewayError("forbidden", message, { details: { workspace: id, userId } });
}
