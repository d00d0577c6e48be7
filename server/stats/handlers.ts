import type { components } from "../../generated/server/contract.ts";
import type { StatsHandlers } from "../../generated/server/handlers.ts";
import type { RequestContext } from "../http/request-context.ts";
import { type Period, periodOf, textOf } from "./period.ts";
import type { Stats, Totals } from "./service.ts";
import type { Sums, TimedSums } from "./sums.ts";

type Schemas = components["schemas"];

export function createStatsHandlers({ stats, now }: { stats: Stats; now: () => number }): StatsHandlers<RequestContext> {
  return {
    async getStats({ query }, { principal }) {
      const period = periodOf(query, now());
      const { totals, byDay, byModel } = await stats.get(principal, { ...period, workspaceId: query.workspace });
      const body: Schemas["Stats"] = {
        period: encodePeriod(period),
        totals: encodeTotals(totals),
        byDay: byDay.map(({ day, ...sums }) => ({ date: textOf(day), ...encodeTimed(sums) })),
        byModel: byModel.map(({ model, ...sums }) => ({ model: model === "" ? null : model, ...encodeTimed(sums) })),
      };
      return { status: 200, body };
    },
    async getWorkspaceStats({ query }, { principal }) {
      const period = periodOf(query, now());
      const { totals, workspaces } = await stats.byWorkspace(principal, { ...period, workspaceId: query.workspace, limit: query.limit });
      return {
        status: 200,
        body: {
          period: encodePeriod(period),
          totals: encodeTotals(totals),
          workspaces: workspaces.map(({ workspaceId, uniqueUsers, ...sums }) => ({ workspace: workspaceId, ...encodeTimed(sums), uniqueUsers })),
        },
      };
    },
    async getUserStats({ query }, { principal }) {
      const period = periodOf(query, now());
      const { totals, users } = await stats.byUser(principal, { ...period, workspaceId: query.workspace, limit: query.limit });
      return { status: 200, body: { period: encodePeriod(period), totals: encodeTotals(totals), users: users.map(({ userId, keyId, ...sums }) => ({ userId, keyId, ...encodeSums(sums) })) } };
    },
  };
}

const encodePeriod = ({ from, to }: Period): Schemas["StatsPeriod"] => ({ from: textOf(from), to: textOf(to) });

function encodeTotals({ p50, p95, p99, uniqueUsers, ...sums }: Totals): Schemas["StatsTotals"] {
  return { ...encodeTimed(sums), latencyMs: { p50, p95, p99 }, uniqueUsers };
}

function encodeTimed({ answered, latencyMs, ...sums }: TimedSums): Omit<Schemas["StatsOfDay"], "date"> {
  return { ...encodeSums(sums), avgLatencyMs: answered === 0 ? 0 : Math.round(latencyMs / answered) };
}

function encodeSums({ turns, errors, unpriced, tokensIn, tokensOut, costNanoUsd }: Sums): Omit<Schemas["StatsOfUser"], "userId" | "keyId"> {
  return { messages: turns, tokensIn, tokensOut, costUSD: costNanoUsd / 1e9, unpriced, errors };
}
