import type { Agents } from "../agents/service.ts";
import { GatewayError } from "../errors.ts";
import { maySee, type Principal } from "../keys/principal.ts";
import type { Runs } from "../runs/service.ts";
import type { WorkspaceSettings } from "../settings/settings.ts";
import { type AllowlistChange, changeAllowlist } from "./allowlist.ts";
import type { Workspace, WorkspaceStore } from "./store.ts";

export type { Workspace } from "./store.ts";

/** A workspace to be, as a request names it. */
export interface NewWorkspace {
  id: string;
  /** Its id where nothing is said. */
  label?: string | undefined;
  /** Null for the default agent. */
  agent?: string | null | undefined;
  skills?: readonly string[] | undefined;
  allowlist?: readonly string[] | undefined;
}

export interface Workspaces {
  /** The workspace, if the key may see it. Throws `not_found`, also while it is being deleted. */
  getFor(principal: Principal, id: string): Promise<Workspace>;
  /** Those the key may see, in the order of their ids. */
  list(principal: Principal, page: { limit: number; cursor?: string | undefined }): Promise<{ items: Workspace[]; nextCursor: string | null }>;
  /** The ids of all that the key may see, in their order. */
  ids(principal: Principal): Promise<string[]>;
  /** Throws `forbidden` outside of the key's own workspaces, `bad_request` on an unknown agent, `conflict` on a taken id. */
  create(principal: Principal, workspace: NewWorkspace): Promise<Workspace>;
  /** Throws `not_found`, and `bad_request` on a change that contradicts itself or makes the list too long. */
  updateAllowlist(principal: Principal, id: string, change: AllowlistChange): Promise<Workspace>;
  /** Deletes it with all that is in it, and cancels its turns. Throws `not_found`; `conflict` on `default`, and on sessions without `force`. */
  delete(principal: Principal, id: string, options: { force: boolean }): Promise<void>;
  /** What is to be forgotten with a workspace, once it is deleted. */
  onDeleted(listener: (id: string) => void): void;
  /** Puts the workspaces of the settings into the database that never were there. Those that were deleted since stay so. */
  seed(workspaces: readonly WorkspaceSettings[]): Promise<void>;
}

export interface WorkspacesOptions {
  store: WorkspaceStore;
  agents: Pick<Agents, "named">;
  runs: Pick<Runs, "cancelIn" | "forgetIn">;
  now: () => number;
}

/** Where requests that name no workspace live. */
const defaultWorkspace = "default";

export function createWorkspaces({ store, agents, runs, now }: WorkspacesOptions): Workspaces {
  // Every turn asks for one, and they hardly ever change. What is kept holds as long as this process is the only one that
  // changes them; several instances will have to tell each other.
  const known = new Map<string, Workspace>();
  /** How many changes there were: a row that was read while one happened may be the old one, and is not kept. */
  let changes = 0;
  const deleting = new Set<string>();
  const listeners: ((id: string) => void)[] = [runs.forgetIn];

  async function find(id: string): Promise<Workspace | undefined> {
    const kept = known.get(id);
    if (kept) return kept;
    const seen = changes;
    const workspace = await store.find(id);
    if (workspace && seen === changes) known.set(id, workspace);
    return workspace;
  }

  async function getFor(principal: Principal, id: string): Promise<Workspace> {
    // A workspace of somebody else and one that is not there look the same.
    const workspace = maySee(principal, id) ? await find(id) : undefined;
    if (!workspace || deleting.has(id)) throw noWorkspace(id);
    return workspace;
  }

  function forget(id: string): void {
    changes++;
    known.delete(id);
  }

  return {
    getFor,
    list: ({ workspaces }, page) => store.list({ ...page, ids: workspaces === "*" ? undefined : workspaces }),
    async create(principal, { id, label = id, agent = null, skills = [], allowlist = [] }) {
      if (!maySee(principal, id)) throw outsideOfKey(principal, id);
      if (agent !== null) agents.named(agent, "/agent");
      const at = now();
      const workspace: Workspace = { id, label, agentId: agent, skills: [...new Set(skills)], allowlist: new Set(allowlist), createdAt: at, updatedAt: at };
      if (!(await store.create(workspace))) throw new GatewayError("conflict", `There is a workspace \`${id}\` already. Choose another id.`);
      return workspace;
    },
    ids: ({ workspaces: visible }) => store.ids(visible === "*" ? undefined : visible),
    async updateAllowlist(principal, id, change) {
      await getFor(principal, id);
      const at = now();
      const workspace = await store.update(id, (before) => changeAllowlist(before, change, at));
      forget(id);
      if (!workspace) throw noWorkspace(id);
      return workspace;
    },
    async delete(principal, id, { force }) {
      await getFor(principal, id);
      if (id === defaultWorkspace) throw new GatewayError("conflict", "The workspace `default` cannot be deleted: requests that name no workspace live there.");
      // Looked at before any turn is cancelled; what begins in between is seen by the transaction.
      const sessions = force ? 0 : await store.countSessions(id);
      if (sessions > 0) throw inUse(id, sessions);
      if (deleting.has(id)) throw noWorkspace(id);
      // From here on no turn begins in it: each has told `runs` its workspace when it asks for it.
      deleting.add(id);
      try {
        await runs.cancelIn(id);
        const deletion = await store.delete(id, { force });
        if (!deletion.isDeleted) throw deletion.sessions > 0 ? inUse(id, deletion.sessions) : noWorkspace(id);
        forget(id);
        // A transaction after their end, the cancelled runs are among those whose events are kept.
        for (const listener of listeners) listener(id);
      } finally {
        deleting.delete(id);
      }
    },
    onDeleted: (listener) => void listeners.push(listener),
    async seed(workspaces) {
      const at = now();
      await store.seed(workspaces.map(({ id, label, agent, skills, allowlist }) => ({ id, label, agentId: agent, skills, allowlist: new Set(allowlist), createdAt: at, updatedAt: at })));
    },
  };
}

function noWorkspace(id: string): GatewayError {
  return new GatewayError("not_found", `There is no workspace \`${id}\`.`);
}

function inUse(id: string, sessions: number): GatewayError {
  const what = sessions === 1 ? "1 session" : `${sessions} sessions`;
  return new GatewayError("conflict", `The workspace \`${id}\` has ${what}. With \`?force=true\` it is deleted with all of them.`, { details: { sessions } });
}

function outsideOfKey({ workspaces }: Principal, id: string): GatewayError {
  return new GatewayError("forbidden", `This key may make the workspaces that it is bound to, and \`${id}\` is none of them. Use a key that is bound to none.`, { details: { workspaces } });
}
