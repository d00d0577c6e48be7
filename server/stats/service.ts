import { setImmediate as nextRound } from "node:timers/promises";
import type { Principal } from "../keys/principal.ts";
import type { Workspaces } from "../workspaces/service.ts";
import { latencyPercentile } from "./latency.ts";
import type { Rollup } from "./rollup.ts";
import type { StatsStore, Stretch } from "./store.ts";
import { addSums, addTimedSums, byCost, noSums, noTimedSums, type Sums, type TimedSums } from "./sums.ts";

export interface StatsQuery {
  /** Days counted from 1970 (UTC); both are part of it. */
  from: number;
  to: number;
  workspaceId: string | undefined;
}

export interface Totals extends TimedSums {
  p50: number;
  p95: number;
  p99: number;
  uniqueUsers: number;
}

export interface UserSums extends Sums {
  userId: string | null;
  keyId: string | null;
}

/** Each answer has what had ended before it was asked for. Each throws `not_found` on a workspace that the key may not see. */
export interface Stats {
  get(principal: Principal, query: StatsQuery): Promise<{ totals: Totals; byDay: (TimedSums & { day: number })[]; byModel: (TimedSums & { model: string })[] }>;
  byWorkspace(principal: Principal, query: StatsQuery & { limit: number }): Promise<{ totals: Totals; workspaces: (TimedSums & { workspaceId: string; uniqueUsers: number })[] }>;
  byUser(principal: Principal, query: StatsQuery & { limit: number }): Promise<{ totals: Totals; users: UserSums[] }>;
}

export interface StatsOptions {
  store: StatsStore;
  rollup: Pick<Rollup, "catchUp">;
  workspaces: Pick<Workspaces, "getFor">;
}

export function createStats({ store, rollup, workspaces }: StatsOptions): Stats {
  async function stretchOf(principal: Principal, { from, to, workspaceId }: StatsQuery): Promise<Stretch> {
    if (workspaceId !== undefined) await workspaces.getFor(principal, workspaceId);
    await rollup.catchUp();
    return { from, to, workspaces: workspaceId === undefined ? principal.workspaces : [workspaceId] };
  }

  function totalsOf(stretch: Stretch, days: readonly TimedSums[], uniqueUsers: number): Totals {
    const sums = noTimedSums();
    for (const day of days) addTimedSums(sums, day);
    const latencies = store.latencies(stretch);
    const [p50, p95, p99] = [50, 95, 99].map((percent) => latencyPercentile(latencies, percent)) as [number, number, number];
    return { ...sums, p50, p95, p99, uniqueUsers };
  }

  /** Many users make many rows: day by day, others get their turn in between. */
  async function eachDay<Row>({ from, to }: Stretch, read: (day: number) => readonly Row[], take: (row: Row) => void): Promise<void> {
    for (let day = from; day <= to; day++) {
      const rows = read(day);
      for (const row of rows) take(row);
      if (rows.length > 0) await nextRound();
    }
  }

  return {
    async get(principal, query) {
      const stretch = await stretchOf(principal, query);
      const users = new Set<number>();
      await eachDay(stretch, store.users(stretch.workspaces), (row) => row.users.forEach((user) => users.add(user)));
      const used = store.days(stretch);
      const byNumber = new Map(used.map((day) => [day.day, day]));
      const byDay = Array.from({ length: stretch.to - stretch.from + 1 }, (_, index) => byNumber.get(stretch.from + index) ?? { day: stretch.from + index, ...noTimedSums() });
      return { totals: totalsOf(stretch, used, users.size), byDay, byModel: store.models(stretch).sort(byCost) };
    },
    async byWorkspace(principal, { limit, ...query }) {
      const stretch = await stretchOf(principal, query);
      const users = new Set<number>();
      const ofWorkspaces = new Map<string, Set<number>>();
      await eachDay(stretch, store.users(stretch.workspaces), (row) => {
        const own = ofWorkspaces.get(row.workspaceId) ?? new Set();
        ofWorkspaces.set(row.workspaceId, own);
        for (const user of row.users) {
          own.add(user);
          users.add(user);
        }
      });
      const top = store.workspaces(stretch).sort(byCost).slice(0, limit);
      return { totals: totalsOf(stretch, store.days(stretch), users.size), workspaces: top.map((sums) => ({ ...sums, uniqueUsers: ofWorkspaces.get(sums.workspaceId)?.size ?? 0 })) };
    },
    async byUser(principal, { limit, ...query }) {
      const stretch = await stretchOf(principal, query);
      const users = new Map<number, { turns: number; costNanoUsd: number }>();
      await eachDay(stretch, store.userCosts(stretch.workspaces), (row) => {
        for (const [index, user] of row.users.entries()) {
          let own = users.get(user);
          if (!own) users.set(user, (own = { turns: 0, costNanoUsd: 0 }));
          own.turns += row.turns[index]!;
          own.costNanoUsd += row.costsNanoUsd[index]!;
        }
      });
      // The rest is asked for of those alone that are shown.
      const top = [...users].sort(([, a], [, b]) => byCost(a, b)).slice(0, limit).map(([number]) => number);
      const sums = new Map(top.map((number) => [number, noSums()]));
      await eachDay(stretch, store.userSums(stretch.workspaces, top), (row) => addSums(sums.get(row.userNumber)!, row));
      const names = new Map(store.usersByNumber(top).map(({ number, userId, keyId }) => [number, { userId: userId || null, keyId: keyId || null }]));
      return {
        totals: totalsOf(stretch, store.days(stretch), users.size),
        users: [...sums].map(([number, own]) => ({ ...names.get(number)!, ...own })),
      };
    },
  };
}
