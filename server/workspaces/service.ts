import { GatewayError } from "../errors.ts";
import { maySee, type Principal } from "../keys/principal.ts";
import type { Workspace, WorkspaceStore } from "./store.ts";

export interface Workspaces {
  /** The workspace, if the key may see it. Throws `not_found`. */
  getFor(principal: Principal, id: string): Promise<Workspace>;
  /** Puts the workspaces of the settings into the database, where they are missing. */
  seed(workspaces: readonly Workspace[]): Promise<void>;
}

export function createWorkspaces({ store }: { store: WorkspaceStore }): Workspaces {
  return {
    async getFor(principal, id) {
      // A workspace of somebody else and one that is not there look the same.
      const workspace = maySee(principal, id) ? await store.find(id) : undefined;
      if (!workspace) throw new GatewayError("not_found", `There is no workspace \`${id}\`.`);
      return workspace;
    },
    seed: (workspaces) => store.seed(workspaces),
  };
}
