import { memoryUsage } from "node:process";
import { totalmem } from "node:os";
import type { Channels } from "../channels/service.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Providers, ProviderStatus } from "../providers/registry.ts";
import type { Database } from "../storage/database.ts";

export type Lifecycle = "starting" | "ready" | "draining";

export interface HealthReport {
  /** `degraded` when a part is not as it should be. */
  status: "ok" | "degraded";
  version: string;
  uptimeSeconds: number;
  isDatabaseConnected: boolean;
  redis: Cluster["redis"];
  providers: readonly ProviderStatus[];
  memoryMb: { used: number; total: number };
}

export interface HealthChecks {
  readonly lifecycle: Lifecycle;
  setLifecycle(lifecycle: Lifecycle): void;
  check(): Promise<HealthReport>;
}

export interface HealthChecksOptions {
  database: Pick<Database, "ping">;
  cluster: Pick<Cluster, "redis">;
  providers: Pick<Providers, "status">;
  channels: Pick<Channels, "isFailing">;
  version: string;
}

const bytesPerMb = 1024 * 1024;

/** What state the process and its parts are in, asked of the parts themselves. */
export function createHealthChecks({ database, cluster, version, ...parts }: HealthChecksOptions): HealthChecks {
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
      const { redis } = cluster;
      const providers = parts.providers.status();
      const isDegraded =
        !isDatabaseConnected || redis === "disconnected" || parts.channels.isFailing || providers.some(({ isFailing }) => isFailing);
      return {
        status: isDegraded ? "degraded" : "ok",
        version,
        uptimeSeconds: Math.floor(process.uptime()),
        isDatabaseConnected,
        redis,
        providers,
        memoryMb: { used: Math.round(memoryUsage.rss() / bytesPerMb), total: Math.round(totalmem() / bytesPerMb) },
      };
    },
  };
}
