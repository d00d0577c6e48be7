import { RateLimiterMemory } from "rate-limiter-flexible";
import type { Windows } from "./port.ts";

/** Windows of this process. They are gone with it. */
export function createMemoryWindows(): Windows {
  const limiter = new RateLimiterMemory({ keyPrefix: "", ...unlimited });
  return {
    async count(name, windowMs) {
      const { consumedPoints: count, msBeforeNext: endsInMs } = await limiter.consume(name, 1, { customDuration: windowMs / 1000 });
      return { count, endsInMs };
    },
    async look(name) {
      const found = await limiter.get(name);
      return found && found.msBeforeNext > 0 ? { count: found.consumedPoints, endsInMs: found.msBeforeNext } : null;
    },
  };
}

/** The limiter only counts: how much is too much differs by key, and is for who asked to say. Each count brings its own duration. */
export const unlimited = { points: Number.MAX_SAFE_INTEGER, duration: 60 };
