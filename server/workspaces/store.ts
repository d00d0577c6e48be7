import type { Selectable } from "kysely";
import type { Database } from "../storage/database.ts";
import type { WorkspacesTable } from "../storage/schema.ts";

export interface Workspace {
  id: string;
  label: string;
  /** Null for the default agent. */
  agentId: string | null;
  skills: readonly string[];
  /** Users who may send messages; empty lets all in. */
  allowlist: readonly string[];
  createdAt: number;
  updatedAt: number;
}

export interface WorkspaceStore {
  find(id: string): Promise<Workspace | undefined>;
  /** Inserts those that are missing; one that is there stays as it is. */
  seed(workspaces: readonly Workspace[]): Promise<void>;
}

export function createWorkspaceStore({ database: { kysely } }: { database: Database }): WorkspaceStore {
  return {
    async find(id) {
      const row = await kysely.selectFrom("workspaces").selectAll().where("id", "=", id).executeTakeFirst();
      return row && toWorkspace(row);
    },
    async seed(workspaces) {
      if (workspaces.length === 0) return;
      await kysely
        .insertInto("workspaces")
        .values(
          workspaces.map(({ id, label, agentId, skills, allowlist, createdAt, updatedAt }) => ({
            id,
            label,
            agent_id: agentId,
            skills: JSON.stringify(skills),
            allowlist: JSON.stringify(allowlist),
            created_at: createdAt,
            updated_at: updatedAt,
          })),
        )
        .onConflict((conflict) => conflict.column("id").doNothing())
        .execute();
    },
  };
}

function toWorkspace(row: Selectable<WorkspacesTable>): Workspace {
  return {
    id: row.id,
    label: row.label,
    agentId: row.agent_id,
    skills: JSON.parse(row.skills) as string[],
    allowlist: JSON.parse(row.allowlist) as string[],
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
