import { GatewayError } from "../errors.ts";
import { maySee, type Principal } from "../keys/principal.ts";
import type { Workspace, WorkspaceStore } from "./store.ts";

export type { Workspace } from "./store.ts";

export interface Workspaces {
  /** The workspace, if the key may see it. Throws `not_found`. */
  getFor(principal: Principal, id: string): Promise<Workspace>;
  /** The ids of all that the key may see, in their order. */
  ids(principal: Principal): Promise<string[]>;
  /** Puts the workspaces of the settings into the database, where they are missing. */
  seed(workspaces: readonly Workspace[]): Promise<void>;
}

export function createWorkspaces({ store }: { store: WorkspaceStore }): Workspaces {
  // Every turn asks for one, and they hardly ever change.
  const known = new Map<string, Workspace>();

  async function find(id: string): Promise<Workspace | undefined> {
    const workspace = known.get(id) ?? (await store.find(id));
    if (workspace) known.set(id, workspace);
    return workspace;
  }

  return {
    async getFor(principal, id) {
      // A workspace of somebody else and one that is not there look the same.
      const workspace = maySee(principal, id) ? await find(id) : undefined;
      if (!workspace) throw new GatewayError("not_found", `There is no workspace \`${id}\`.`);
      return workspace;
    },
    ids: ({ workspaces: visible }) => store.ids(visible === "*" ? undefined : visible),
    seed: (workspaces) => store.seed(workspaces),
  };
}
