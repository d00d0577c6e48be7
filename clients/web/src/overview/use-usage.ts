import { useEffect, useRef, useState } from "preact/hooks";
import type { Schemas } from "../../../typescript/sdk/src/index.ts";
import { useAccount } from "../account.ts";
import { dataOf } from "../gateway.ts";
import type { GatewayEvent } from "../live/events.ts";
import { useLoaded, type Loaded } from "../parts/use-loaded.ts";
import { lastDays, withRun, type Stats } from "./stats.ts";
import type { Refreshable } from "./use-freshly.ts";

export interface Usage extends Refreshable {
  stats: Stats | undefined;
  workspaces: readonly Schemas["StatsOfWorkspace"][];
  users: readonly Schemas["StatsOfUser"][];
  isLoading: boolean;
  error: unknown;
  hear: (event: GatewayEvent) => void;
}

type Answers = [Stats, Schemas["WorkspaceStats"], Schemas["UserStats"]];

/** The statistics of the last days. Turns that end meanwhile are added at once; the parts they belong to follow. */
export function useUsage({ days, workspace }: { days: number; workspace: string }): Usage {
  const { gateway } = useAccount();
  const heard = useRef(0);
  const loaded: Loaded<Answers> = useLoaded(async () => {
    heard.current = 0;
    const query = { ...lastDays(days), ...(workspace === "" ? {} : { workspace }) };
    const { api, via } = gateway;
    return Promise.all([
      dataOf(api.GET("/api/v1/stats", { params: { query }, ...via })),
      dataOf(api.GET("/api/v1/stats/workspaces", { params: { query: { ...query, limit: 20 } }, ...via })),
      dataOf(api.GET("/api/v1/stats/users", { params: { query: { ...query, limit: 20 } }, ...via })),
    ]);
  }, [gateway, days, workspace]);
  const [answered, byWorkspace, byUser] = loaded.data ?? [];
  const [stats, setStats] = useState<Stats>();
  useEffect(() => setStats(answered), [answered]);

  return {
    stats,
    workspaces: byWorkspace?.workspaces ?? [],
    users: byUser?.users ?? [],
    isLoading: loaded.isLoading,
    error: loaded.error,
    reload: loaded.reload,
    isStale: () => heard.current > 0,
    hear(event) {
      if (event.event !== "run.finished" || (workspace !== "" && event.data.workspace !== workspace)) return;
      heard.current++;
      setStats((before) => before && withRun(before, event.data, event.timestamp));
    },
  };
}
