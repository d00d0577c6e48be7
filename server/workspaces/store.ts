import type { Selectable } from "kysely";
import { decodeCursor } from "../storage/cursor.ts";
import type { Database } from "../storage/database.ts";
import { type Page, toPage } from "../storage/page.ts";
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
  exists(id: string): Promise<boolean>;
  /** In the order of their ids; with `ids`, those of them that exist. Throws `bad_request` on a cursor that is none of this list. */
  list(filter: { ids?: readonly string[] | undefined; limit: number; cursor?: string | undefined }): Promise<Page<Workspace>>;
  /** All ids in their order, or those of the given ones that exist. */
  ids(among?: readonly string[]): Promise<string[]>;
  /** Inserts those that are missing; one that is there stays as it is. */
  seed(workspaces: readonly Workspace[]): Promise<void>;
}

export function createWorkspaceStore({ database: { kysely } }: { database: Database }): WorkspaceStore {
  return {
    async find(id) {
      const row = await kysely.selectFrom("workspaces").selectAll().where("id", "=", id).executeTakeFirst();
      return row && toWorkspace(row);
    },
    async exists(id) {
      return (await kysely.selectFrom("workspaces").select("id").where("id", "=", id).executeTakeFirst()) !== undefined;
    },
    async list({ ids, limit, cursor }) {
      if (ids?.length === 0) return { items: [], nextCursor: null };
      let query = kysely.selectFrom("workspaces").selectAll();
      if (ids !== undefined) query = query.where("id", "in", ids);
      if (cursor !== undefined) query = query.where("id", ">", decodeCursor(cursor, ["string"])[0]);
      const rows = await query.orderBy("id").limit(limit + 1).execute();
      return toPage(rows, limit, toWorkspace, (row) => [row.id]);
    },
    async ids(among) {
      if (among?.length === 0) return [];
      let query = kysely.selectFrom("workspaces").select("id");
      if (among !== undefined) query = query.where("id", "in", among);
      return (await query.orderBy("id").execute()).map(({ id }) => id);
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
