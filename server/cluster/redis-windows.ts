import { RateLimiterRedis } from "rate-limiter-flexible";
import { unlimited } from "./memory-windows.ts";
import type { Windows } from "./port.ts";
import type { RedisConnection } from "./redis-connection.ts";

/** Windows that all instances on one Redis share; those of this process where Redis cannot be asked. */
export function createRedisWindows(redis: RedisConnection, local: Windows): Windows {
  const limiter = new RateLimiterRedis({ storeClient: redis.client, useRedisPackage: true, keyPrefix: "openclaw:window", ...unlimited });
  return {
    count: (name, windowMs) =>
      redis.attempt(
        async () => {
          // The limiter has whole seconds here.
          const { consumedPoints: count, msBeforeNext: endsInMs } = await limiter.consume(name, 1, { customDuration: Math.ceil(windowMs / 1000) });
          return { count, endsInMs };
        },
        () => local.count(name, windowMs),
      ),
    look: (name) =>
      redis.attempt(
        async () => {
          const found = await limiter.get(name);
          return found && found.msBeforeNext > 0 ? { count: found.consumedPoints, endsInMs: found.msBeforeNext } : null;
        },
        () => local.look(name),
      ),
  };
}
