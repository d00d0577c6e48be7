import type { Context as KoaContext } from "koa";
import type { Route } from "../../generated/server/routes.ts";
import type { Principal } from "../keys/principal.ts";
import type { Limits } from "../limits/service.ts";

/** Counts each request of a key. Every answer to it, an error or a stream too, says how the key stands; one too many is refused. */
export function createLimit(limits: Limits): (koa: KoaContext, principal: Principal, route: Route) => Promise<void> {
  return async ({ res }, principal, { rateClass }) => {
    const { limit, remaining, resetsAt, refusal } = await limits.count(principal, rateClass);
    res.setHeader("X-RateLimit-Limit", limit);
    res.setHeader("X-RateLimit-Remaining", remaining);
    res.setHeader("X-RateLimit-Reset", Math.ceil(resetsAt / 1000));
    if (refusal) throw refusal;
  };
}
