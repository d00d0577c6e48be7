import type { Windows } from "../cluster/port.ts";
import { GatewayError } from "../errors.ts";
import type { Principal } from "../keys/principal.ts";
import type { LimitSettings, RateLimit } from "../settings/settings.ts";
import { classLimits, type RateClass } from "./rate-classes.ts";

/** How a key stands after a request: the tightest of the windows that it counted in. */
export interface Standing {
  limit: number;
  remaining: number;
  /** Epoch milliseconds. Whoever comes back then gets in. */
  resetsAt: number;
  /** Why the request may not go on: `rate_limited`. */
  refusal: GatewayError | null;
}

export interface Limits {
  /** Counts a request, once in each window that it belongs to. */
  count(principal: Principal, rateClass: RateClass): Promise<Standing>;
  /** Other limits from now on. What was counted stays counted. */
  use(settings: LimitSettings): void;
}

type Scope = "key" | "class" | "global";

interface LimitedWindow extends RateLimit {
  name: string;
  scope: Scope;
}

/**
 * Requests, counted in fixed windows: the key's own, its class's, and everybody's. A key that is over its own limit does not
 * use up what all share, and what is refused makes no window longer.
 */
export function createLimits({ windows, settings, now }: { windows: Windows; settings: LimitSettings; now: () => number }): Limits {
  let current = settings;

  function windowsOf({ keyId, isOwner, rateLimitPerMinute }: Principal, rateClass: RateClass): LimitedWindow[] {
    const said = rateLimitPerMinute === null ? (isOwner ? current.owner : current.perKey) : { maxRequests: rateLimitPerMinute, windowMs: 60_000 };
    const own = said ?? (rateClass === "default" ? classLimits.default : null);
    const all: LimitedWindow[] = [];
    if (own) all.push({ ...own, name: `key:${keyId}`, scope: "key" });
    if (rateClass !== "default") all.push({ ...classLimits[rateClass], name: `${rateClass}:${keyId}`, scope: "class" });
    if (current.global) all.push({ ...current.global, name: "global", scope: "global" });
    return all;
  }

  return {
    async count(principal, rateClass) {
      let tightest: Standing | undefined;
      for (const window of windowsOf(principal, rateClass)) {
        const { count, endsInMs } = await windows.count(window.name, window.windowMs);
        const remaining = Math.max(window.maxRequests - count, 0);
        const resetsAt = now() + endsInMs;
        if (!tightest || remaining < tightest.remaining || (remaining === tightest.remaining && resetsAt > tightest.resetsAt)) {
          tightest = { limit: window.maxRequests, remaining, resetsAt, refusal: null };
        }
        if (count > window.maxRequests) return { ...tightest, refusal: tooMany(window, tightest.resetsAt - now()) };
      }
      return tightest!;
    },
    use(settings) {
      current = settings;
    },
  };
}

const whose: Record<Scope, string> = {
  key: "this key may send",
  class: "this key may send to operations of this kind",
  global: "all keys together may send",
};

function tooMany({ scope, maxRequests, windowMs }: LimitedWindow, waitMs: number): GatewayError {
  const retryAfterSeconds = secondsUntil(waitMs);
  const span = windowMs === 60_000 ? "a minute" : `in ${windowMs / 1000} s`;
  return new GatewayError("rate_limited", `Too many requests: ${whose[scope]} ${maxRequests} ${span}. Try again in ${retryAfterSeconds} s.`, {
    details: { limit: maxRequests, windowMs, scope },
    retryAfterSeconds,
  });
}

/** Whole seconds to wait, one at least: `Retry-After` has nothing finer. */
export function secondsUntil(waitMs: number): number {
  return Math.max(1, Math.ceil(waitMs / 1000));
}
