import type { Settings } from "./settings.ts";

/**
 * What a file asks for and this version does not do yet. The keys are read, so that a file that works with a later version
 * works here; but nobody should believe that a limit holds when it does not.
 */
export function settingsNotInForce({ auth, limits, channels, mcp, webhooks, cron, redis }: Settings): string[] {
  const hasLimits = limits.global !== null || Object.values(limits.tokensPerDay).some((limit) => limit !== null) || auth.keys.some((key) => key.rateLimitPerMinute !== null || key.maxTokensPerDay !== null);
  const asked: [isAsked: boolean, what: string][] = [
    [hasLimits, "rate limits and token quotas: nothing is counted or refused"],
    [Object.values(channels).some((channel) => channel?.enabled === true), "channels: none is connected"],
    [Object.keys(mcp.servers).length > 0, "MCP servers: none is started"],
    [webhooks.length > 0, "webhooks: none is called"],
    [cron.jobs.length > 0, "cron jobs: none is run"],
    [redis.url !== null, "Redis: every instance is on its own"],
  ];
  return asked.filter(([isAsked]) => isAsked).map(([, what]) => `Not in force in this version, although the settings ask for it: ${what}.`);
}
