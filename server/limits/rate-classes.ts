import type { RateLimit } from "../settings/settings.ts";

/** Classes of operations, as the contract's `@rateClass` names them. */
export type RateClass = "default" | "plain" | "plain-messages" | "plain-tools";

const aMinute = (maxRequests: number): RateLimit => ({ maxRequests, windowMs: 60_000 });

/** What each key may do in a class: `default` where neither the key nor the settings say otherwise, the plain edition's always. */
export const classLimits: Readonly<Record<RateClass, RateLimit>> = {
  default: aMinute(60),
  plain: aMinute(200),
  "plain-messages": aMinute(100),
  "plain-tools": aMinute(50),
};
