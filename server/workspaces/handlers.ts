import type { components } from "../../generated/server/contract.ts";
import type { WorkspacesHandlers } from "../../generated/server/handlers.ts";
import type { RequestContext } from "../http/request-context.ts";
import { instant, nextCursor } from "../http/encode.ts";
import type { Workspace, Workspaces } from "./service.ts";

export function createWorkspacesHandlers({ workspaces }: { workspaces: Workspaces }): WorkspacesHandlers<RequestContext> {
  return {
    async listWorkspaces({ query }, { principal }) {
      const page = await workspaces.list(principal, query);
      return { status: 200, body: { workspaces: page.items.map(encodeWorkspace), ...nextCursor(page.nextCursor) } };
    },
    async createWorkspace({ body }, { principal }) {
      const workspace = await workspaces.create(principal, body);
      return { status: 201, headers: { Location: `/api/v1/workspaces/${workspace.id}` }, body: encodeWorkspace(workspace) };
    },
    async getWorkspace({ path: { workspaceId } }, { principal }) {
      return { status: 200, body: encodeWorkspace(await workspaces.getFor(principal, workspaceId)) };
    },
    async deleteWorkspace({ path: { workspaceId }, query: { force } }, { principal }) {
      await workspaces.delete(principal, workspaceId, { force });
      return { status: 204 };
    },
    async updateWorkspaceAllowlist({ path: { workspaceId }, body }, { principal }) {
      return { status: 200, body: encodeWorkspace(await workspaces.updateAllowlist(principal, workspaceId, body)) };
    },
  };
}

function encodeWorkspace({ id, label, agentId, skills, allowlist, createdAt, updatedAt }: Workspace): components["schemas"]["Workspace"] {
  return { id, label, agent: agentId, skills: [...skills], allowlist: [...allowlist], createdAt: instant(createdAt), updatedAt: instant(updatedAt) };
}
