import { memoryUsage } from "node:process";
import { totalmem } from "node:os";
import type { Cluster } from "../cluster/cluster.ts";
import type { Database } from "../storage/database.ts";

export type Lifecycle = "starting" | "ready" | "draining";

export interface HealthReport {
  status: "ok" | "degraded";
  version: string;
  uptimeSeconds: number;
  isDatabaseConnected: boolean;
  redis: Cluster["redis"];
  memoryMb: { used: number; total: number };
}

export interface HealthChecks {
  readonly lifecycle: Lifecycle;
  setLifecycle(lifecycle: Lifecycle): void;
  check(): Promise<HealthReport>;
}

const bytesPerMb = 1024 * 1024;

/** What state the process and its parts are in, asked of the parts themselves. */
export function createHealthChecks({ database, cluster, version }: { database: Database; cluster: Pick<Cluster, "redis">; version: string }): HealthChecks {
  let lifecycle: Lifecycle = "starting";
  return {
    get lifecycle() {
      return lifecycle;
    },
    setLifecycle: (next) => (lifecycle = next),
    async check() {
      const isDatabaseConnected = await database.ping().then(
        () => true,
        () => false,
      );
      return {
        status: isDatabaseConnected && cluster.redis !== "disconnected" ? "ok" : "degraded",
        version,
        uptimeSeconds: Math.floor(process.uptime()),
        isDatabaseConnected,
        redis: cluster.redis,
        memoryMb: { used: Math.round(memoryUsage.rss() / bytesPerMb), total: Math.round(totalmem() / bytesPerMb) },
      };
    },
  };
}
