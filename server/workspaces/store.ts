import type { Selectable } from "kysely";
import { decodeCursor } from "../storage/cursor.ts";
import type { Database } from "../storage/database.ts";
import { type Page, toPage } from "../storage/page.ts";
import type { WorkspacesTable } from "../storage/schema.ts";
import { deletionOf, type Deletion } from "./deletion.ts";

export interface Workspace {
  id: string;
  label: string;
  /** Null for the default agent. */
  agentId: string | null;
  skills: readonly string[];
  /** Users who may send messages, as `<id>` or `<channel>:<id>`; empty lets all in. */
  allowlist: ReadonlySet<string>;
  createdAt: number;
  updatedAt: number;
}

export interface WorkspaceStore {
  find(id: string): Promise<Workspace | undefined>;
  /** In the order of their ids; with `ids`, those of them that exist. Throws `bad_request` on a cursor that is none of this list. */
  list(filter: { ids?: readonly string[] | undefined; limit: number; cursor?: string | undefined }): Promise<Page<Workspace>>;
  /** All ids in their order, or those of the given ones that exist. */
  ids(among?: readonly string[]): Promise<string[]>;
  /** Whether it was made; not when the id is taken. */
  create(workspace: Workspace): Promise<boolean>;
  /**
   * Stores what `change` makes of it; when that is the same object, there is nothing to store. One change after another,
   * so that none is lost. Gives back what is stored now; undefined when there is none.
   */
  update(id: string, change: (workspace: Workspace) => Workspace): Promise<Workspace | undefined>;
  countSessions(id: string): Promise<number>;
  /** Deletes it with all that is in it, or nothing. */
  delete(id: string, options: { force: boolean }): Promise<Deletion>;
  /** Inserts those that were never seeded before and are missing; one that is there stays as it is. */
  seed(workspaces: readonly Workspace[]): Promise<void>;
}

export function createWorkspaceStore({ database }: { database: Database }): WorkspaceStore {
  const { kysely } = database;
  const rowOf = (id: string) => kysely.selectFrom("workspaces").selectAll().where("id", "=", id);
  const insert = (workspace: Workspace) =>
    kysely
      .insertInto("workspaces")
      .values(toRow(workspace))
      .onConflict((conflict) => conflict.column("id").doNothing())
      .compile();

  return {
    async find(id) {
      const row = await rowOf(id).executeTakeFirst();
      return row && toWorkspace(row);
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
    create: (workspace) =>
      database.run(function* () {
        const { affected } = yield insert(workspace);
        return affected === 1;
      }),
    update: (id, change) =>
      database.run(function* () {
        const { rows } = yield rowOf(id).compile();
        const [row] = rows as Selectable<WorkspacesTable>[];
        if (!row) return undefined;
        const workspace = toWorkspace(row);
        const changed = change(workspace);
        if (changed !== workspace) yield kysely.updateTable("workspaces").set(toRow(changed)).where("id", "=", id).compile();
        return changed;
      }),
    async countSessions(id) {
      const { count } = await kysely.selectFrom("sessions").select(({ fn }) => fn.countAll<number>().as("count")).where("workspace_id", "=", id).executeTakeFirstOrThrow();
      return Number(count);
    },
    delete: (id, { force }) => database.run(() => deletionOf(kysely, id, force)),
    seed: (workspaces) =>
      database.run(function* () {
        for (const workspace of workspaces) {
          const mark = kysely.insertInto("seeded_workspaces").values({ id: workspace.id });
          const { affected } = yield mark.onConflict((conflict) => conflict.column("id").doNothing()).compile();
          if (affected === 1) yield insert(workspace);
        }
      }),
  };
}

function toRow({ id, label, agentId, skills, allowlist, createdAt, updatedAt }: Workspace): Selectable<WorkspacesTable> {
  return { id, label, agent_id: agentId, skills: JSON.stringify(skills), allowlist: JSON.stringify([...allowlist]), created_at: createdAt, updated_at: updatedAt };
}

function toWorkspace(row: Selectable<WorkspacesTable>): Workspace {
  return {
    id: row.id,
    label: row.label,
    agentId: row.agent_id,
    skills: JSON.parse(row.skills) as string[],
    allowlist: new Set(JSON.parse(row.allowlist) as string[]),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
