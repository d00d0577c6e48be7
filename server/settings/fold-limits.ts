import type { RateWindow } from "../../generated/server/settings.ts";
import type { Folding } from "./folding.ts";
import type { LimitSettings, RateLimit } from "./settings.ts";

const minute = 60_000;

/** Limits of both forms. Where they speak of the same, `gateway.rateLimit` counts, as with ports. */
export function foldLimits({ file }: Folding): LimitSettings {
  const agents = file.gateway?.rateLimit;
  const api = file.api?.rateLimit ?? {};
  const isPerKey = agents?.perKey !== false;
  const requests: RateLimit | null = agents ? { maxRequests: agents.maxRequestsPerMinute ?? 60, windowMs: minute } : null;
  const tokens = agents?.maxTokensPerDay ?? null;
  return {
    global: (isPerKey ? null : requests) ?? foldWindow(api.global) ?? null,
    perKey: (isPerKey ? requests : null) ?? foldWindow(api.perToken) ?? null,
    owner: { maxRequests: 600, windowMs: minute },
    tokensPerDay: { global: isPerKey ? null : tokens, perKey: isPerKey ? tokens : null },
  };
}

function foldWindow(window: RateWindow | undefined): RateLimit | undefined {
  return window && { maxRequests: window.maxRequests, windowMs: window.windowMs ?? minute };
}
