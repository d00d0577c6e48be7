import type { Connection } from "../../core/connection.ts";
import type { QueryOf } from "../../core/contract.ts";
import type { CallOptions, Schemas } from "../../core/index.ts";

/** What was used in the workspaces that the key may see. Days are those of UTC, such as `2026-04-30`; both ends are counted. */
export interface Stats {
  /** Sums of a period, by day and by model; of the last 30 days when nothing is said. */
  get(query?: QueryOf<"getStats">, options?: CallOptions): Promise<Schemas["Stats"]>;
  /** Sums by workspace, the dearest first. */
  byWorkspace(query?: QueryOf<"getWorkspaceStats">, options?: CallOptions): Promise<Schemas["WorkspaceStats"]>;
  /** Sums by user, the dearest first. */
  byUser(query?: QueryOf<"getUserStats">, options?: CallOptions): Promise<Schemas["UserStats"]>;
}

/** @internal */
export function createStats({ call }: Connection): Stats {
  return {
    get: (query = {}, options) => call("getStats", { query }, options),
    byWorkspace: (query = {}, options) => call("getWorkspaceStats", { query }, options),
    byUser: (query = {}, options) => call("getUserStats", { query }, options),
  };
}
