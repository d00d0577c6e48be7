import { type SelectQueryBuilder, sql } from "kysely";
import type { Database } from "../storage/database.ts";
import { prepare } from "../storage/prepared.ts";
import type { Schema } from "../storage/schema.ts";
import type { Sums, TimedSums } from "./sums.ts";

/** Whose usage. Days are counted from 1970. */
export interface Stretch {
  /** Both are part of it. */
  from: number;
  to: number;
  workspaces: readonly string[] | "*";
}

export interface StatsStore {
  /** Those with turns, in their order. */
  days(stretch: Stretch): (TimedSums & { day: number })[];
  models(stretch: Stretch): (TimedSums & { model: string })[];
  workspaces(stretch: Stretch): (TimedSums & { workspaceId: string })[];
  /** Answers by the bucket of their latency, in its order. */
  latencies(stretch: Stretch): { bucket: number; answered: number }[];
  /** The users of each workspace. */
  users(workspaces: Stretch["workspaces"]): OfDay<{ workspaceId: string; users: number[] }>;
  /** What they used in each workspace: three lists in one order. */
  userCosts(workspaces: Stretch["workspaces"]): OfDay<{ users: number[]; turns: number[]; costsNanoUsd: number[] }>;
  /** Of some users. */
  userSums(workspaces: Stretch["workspaces"], numbers: readonly number[]): OfDay<Sums & { userNumber: number }>;
  /** Who is behind the numbers; one of the two ids is empty. */
  usersByNumber(numbers: readonly number[]): { number: number; userId: string; keyId: string }[];
}

/** Reads the rows of one day and another. */
export type OfDay<Row> = (day: number) => Row[];

export function createStatsStore({ database }: { database: Database }): StatsStore {
  const { kysely } = database;
  const userDays = kysely.selectFrom("usage_user_days");

  function ofDays<By extends "day" | "model" | "workspace_id">(by: By, { from, to, workspaces }: Stretch) {
    let query = kysely.selectFrom("usage_days").select([by, ...timedSums]).where("day", ">=", from).where("day", "<=", to).groupBy(by).orderBy(by);
    if (workspaces !== "*") query = query.where("workspace_id", "in", workspaces);
    return database.read(query.compile());
  }

  return {
    days: (stretch) => ofDays("day", stretch),
    models: (stretch) => ofDays("model", stretch),
    workspaces: (stretch) => ofDays("workspace_id", stretch).map(({ workspace_id: workspaceId, ...sums }) => ({ workspaceId, ...sums })),
    latencies({ from, to, workspaces }) {
      let query = kysely.selectFrom("usage_latencies").select(["bucket", sum("answered").as("answered")]).where("day", ">=", from).where("day", "<=", to).groupBy("bucket").orderBy("bucket");
      if (workspaces !== "*") query = query.where("workspace_id", "in", workspaces);
      return database.read(query.compile());
    },
    users(workspaces) {
      const read = perDay(workspaces, userDays.select(["workspace_id as workspaceId", list("user_number").as("users")]).groupBy("workspace_id"));
      return (day) => read(day).map(({ workspaceId, users }) => ({ workspaceId, users: numbers(users) }));
    },
    userCosts(workspaces) {
      const read = perDay(workspaces, userDays.select([list("user_number").as("users"), list("turns").as("turns"), list("cost_nano_usd").as("costsNanoUsd")]).groupBy("workspace_id"));
      return (day) => read(day).map(({ users, turns, costsNanoUsd }) => ({ users: numbers(users), turns: numbers(turns), costsNanoUsd: numbers(costsNanoUsd) }));
    },
    userSums: (workspaces, numbers) =>
      perDay(
        workspaces,
        userDays.select(["user_number as userNumber", "turns", "errors", "unpriced", "tokens_in as tokensIn", "tokens_out as tokensOut", "cost_nano_usd as costNanoUsd"]).where("user_number", "in", numbers),
      ),
    usersByNumber: (numbers) => (numbers.length === 0 ? [] : database.read(kysely.selectFrom("usage_users").select(["number", "user_id as userId", "key_id as keyId"]).where("number", "in", numbers).compile())),
  };

  function perDay<Row>(workspaces: Stretch["workspaces"], query: SelectQueryBuilder<Schema, "usage_user_days", Row>): OfDay<Row> {
    const bounded = workspaces === "*" ? query : query.where("workspace_id", "in", workspaces);
    const ofDay = prepare<{ day: number }>()((value) => bounded.where("day", "=", value("day")));
    return (day) => database.read(ofDay({ day }));
  }
}

/** A column as a JSON list: to read it costs a quarter of what as many rows do. */
const list = (column: string) => sql<string>`json_group_array(${sql.ref(column)})`;
const numbers = (json: string) => JSON.parse(json) as number[];

const sum = (column: string) => sql<number>`sum(${sql.ref(column)})`;

const timedSums = [
  sum("turns").as("turns"),
  sum("errors").as("errors"),
  sum("unpriced").as("unpriced"),
  sum("tokens_in").as("tokensIn"),
  sum("tokens_out").as("tokensOut"),
  sum("cost_nano_usd").as("costNanoUsd"),
  sum("answered").as("answered"),
  sum("latency_ms").as("latencyMs"),
] as const;
