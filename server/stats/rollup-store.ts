import { sql } from "kysely";
import type { Database } from "../storage/database.ts";
import { prepare } from "../storage/prepared.ts";
import type { Script } from "../storage/script.ts";
import { type Counts, countTurns, type EndedTurn } from "./count-turns.ts";
import type { Sums } from "./sums.ts";

export interface RollupStore {
  /** How far the log has been counted. */
  cursor(): number;
  /**
   * Counts the next turns of the log, `most` at the most and none behind `upTo`: the sums and how far they have come in one
   * transaction, so that each turn is counted once, whoever counts and whatever happens to him. How far it has come.
   */
  countOn(options: { upTo: number; most: number }): Promise<number>;
}

export function createRollupStore({ database }: { database: Database }): RollupStore {
  const { kysely } = database;
  const queries = countQueries(database);
  const cursorQuery = kysely.selectFrom("usage_cursor").select("cursor").compile();
  const moveQuery = prepare<{ cursor: number }>()((value) => kysely.updateTable("usage_cursor").set({ cursor: value("cursor") }));
  const turnsQuery = prepare<{ after: number; upTo: number; most: number }>()((value) =>
    kysely
      .selectFrom("events")
      .select(["cursor", "at", "workspace_id as workspaceId", "data"])
      .where("cursor", ">", value("after"))
      .where("cursor", "<=", value("upTo"))
      .where("type", "=", sql.lit("run.finished"))
      .orderBy("cursor")
      .limit(value("most")),
  );

  function* add({ days, latencies, users }: Counts): Script<void> {
    for (const { sums, ...of } of days) yield queries.addDay({ ...of, ...sums });
    for (const latency of latencies) yield queries.addLatency(latency);
    for (const { userId, keyId, sums, ...of } of users) yield queries.addUserDay({ ...of, userNumber: yield* numberOf(userId, keyId), ...sums });
  }

  function* numberOf(userId: string, keyId: string): Script<number> {
    const known = yield queries.findUser({ userId, keyId });
    const { rows } = known.rows.length > 0 ? known : yield queries.insertUser({ userId, keyId });
    return (rows[0] as { number: number }).number;
  }

  return {
    cursor: () => database.read(cursorQuery)[0]!.cursor,
    countOn: ({ upTo, most }) =>
      database.run(function* () {
        const { rows: cursors } = yield cursorQuery;
        const { cursor } = cursors[0] as { cursor: number };
        const end = Math.min(cursor + mostEvents, upTo);
        if (end <= cursor) return cursor;
        const { rows } = (yield turnsQuery({ after: cursor, upTo: end, most })) as { rows: readonly EndedTurnRow[] };
        yield* add(countTurns(rows.map((row) => ({ ...row, data: JSON.parse(row.data) as EndedTurn["data"] }))));
        const next = rows.length === most ? rows[most - 1]!.cursor : end;
        yield moveQuery({ cursor: next });
        return next;
      }),
  };
}

/** How far one step goes where few of the events are ends of turns. */
const mostEvents = 2000;

type EndedTurnRow = Omit<EndedTurn, "data"> & { cursor: number; data: string };

type Of<More> = More & { day: number; workspaceId: string };

/** Each adds to the row that is there. */
function countQueries({ kysely }: Database) {
  const added = <Column extends string>(table: string, columns: readonly Column[]) =>
    Object.fromEntries(columns.map((column) => [column, sql<number>`${sql.ref(`${table}.${column}`)} + ${sql.ref(`excluded.${column}`)}`])) as Record<Column, ReturnType<typeof sql<number>>>;
  const sums = ["turns", "errors", "unpriced", "tokens_in", "tokens_out", "cost_nano_usd"] as const;
  const values = (value: (name: keyof Sums) => number) => ({
    turns: value("turns"),
    errors: value("errors"),
    unpriced: value("unpriced"),
    tokens_in: value("tokensIn"),
    tokens_out: value("tokensOut"),
    cost_nano_usd: value("costNanoUsd"),
  });

  return {
    addDay: prepare<Of<Counts["days"][number]["sums"] & { model: string }>>()((value) =>
      kysely
        .insertInto("usage_days")
        .values({ day: value("day"), workspace_id: value("workspaceId"), model: value("model"), ...values(value), answered: value("answered"), latency_ms: value("latencyMs") })
        .onConflict((conflict) => conflict.columns(["day", "workspace_id", "model"]).doUpdateSet(added("usage_days", [...sums, "answered", "latency_ms"]))),
    ),
    addLatency: prepare<Counts["latencies"][number]>()((value) =>
      kysely
        .insertInto("usage_latencies")
        .values({ day: value("day"), workspace_id: value("workspaceId"), bucket: value("bucket"), answered: value("answered") })
        .onConflict((conflict) => conflict.columns(["day", "workspace_id", "bucket"]).doUpdateSet(added("usage_latencies", ["answered"]))),
    ),
    addUserDay: prepare<Of<Sums & { userNumber: number }>>()((value) =>
      kysely
        .insertInto("usage_user_days")
        .values({ day: value("day"), workspace_id: value("workspaceId"), user_number: value("userNumber"), ...values(value) })
        .onConflict((conflict) => conflict.columns(["day", "workspace_id", "user_number"]).doUpdateSet(added("usage_user_days", sums))),
    ),
    findUser: prepare<{ userId: string; keyId: string }>()((value) => kysely.selectFrom("usage_users").select("number").where("user_id", "=", value("userId")).where("key_id", "=", value("keyId"))),
    insertUser: prepare<{ userId: string; keyId: string }>()((value) => kysely.insertInto("usage_users").values({ user_id: value("userId"), key_id: value("keyId") }).returning("number")),
  };
}
