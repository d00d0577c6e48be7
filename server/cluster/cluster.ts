import type { Logger } from "pino";
import { createMemoryLedger } from "./memory-ledger.ts";
import { createMemoryWindows } from "./memory-windows.ts";
import type { Ledger, Windows } from "./port.ts";

export interface Cluster {
  readonly windows: Windows;
  readonly ledger: Ledger;
  readonly redis: "connected" | "disconnected" | "disabled";
  close(): void;
}

export interface ClusterOptions {
  redisUrl: string | null;
  log: Logger;
  now: () => number;
  /** How long Redis may take over an answer before this instance goes on alone; default a quarter of a second. */
  timeoutMs?: number;
}

/** What the instances of a gateway share; without a Redis, this one is alone. */
export async function createCluster({ redisUrl, log, now, timeoutMs }: ClusterOptions): Promise<Cluster> {
  const windows = createMemoryWindows();
  const ledger = createMemoryLedger();
  if (redisUrl === null) return { windows, ledger, redis: "disabled", close() {} };
  // Redis's client is 480 files and 15 MB of memory: only a gateway that has one pays for it.
  const [{ connectRedis }, { createRedisLedger }, { createRedisWindows }] = await Promise.all([import("./redis-connection.ts"), import("./redis-ledger.ts"), import("./redis-windows.ts")]);
  const redis = await connectRedis({ url: redisUrl, log, ...(timeoutMs !== undefined && { timeoutMs }) });
  return {
    windows: createRedisWindows(redis, windows),
    ledger: createRedisLedger(redis, ledger, now),
    get redis() {
      return redis.isConnected ? "connected" : "disconnected";
    },
    close: () => redis.close(),
  };
}
