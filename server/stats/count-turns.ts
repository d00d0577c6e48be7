import { dayMs } from "../durations.ts";
import type { EventData } from "../events/event.ts";
import { latencyBucket } from "./latency.ts";
import { addSums, addTimedSums, noSums, noTimedSums, type Sums, type TimedSums } from "./sums.ts";

/** A turn as the log tells of its end. */
export interface EndedTurn {
  /** Epoch milliseconds. */
  at: number;
  workspaceId: string;
  data: Pick<EventData["run.finished"], "userId" | "keyId" | "status" | "model" | "usage" | "costUSD" | "latencyMs">;
}

/** What some turns add to the tables. A user is known by an id, or by the key when there is none: one of the two is empty. */
export interface Counts {
  days: { day: number; workspaceId: string; model: string; sums: TimedSums }[];
  latencies: { day: number; workspaceId: string; bucket: number; answered: number }[];
  users: { day: number; workspaceId: string; userId: string; keyId: string; sums: Sums }[];
}

/** A turn is counted on the day (UTC) on which it ended. */
export function countTurns(turns: readonly EndedTurn[]): Counts {
  const days = new Map<string, Counts["days"][number]>();
  const latencies = new Map<string, Counts["latencies"][number]>();
  const users = new Map<string, Counts["users"][number]>();
  for (const { at, workspaceId, data } of turns) {
    const day = Math.floor(at / dayMs);
    const where = `${day} ${workspaceId} `;
    const model = data.model ?? "";
    // One of the two, so that an id that looks like a key is not taken for one.
    const userId = data.userId ?? "";
    const keyId = userId === "" ? data.keyId : "";
    const sums = sumsOf(data);
    addTimedSums(entry(days, where + model, () => ({ day, workspaceId, model, sums: noTimedSums() })).sums, sums);
    addSums(entry(users, `${where}${keyId} ${userId}`, () => ({ day, workspaceId, userId, keyId, sums: noSums() })).sums, sums);
    if (sums.answered === 0) continue;
    const bucket = latencyBucket(data.latencyMs);
    entry(latencies, where + bucket, () => ({ day, workspaceId, bucket, answered: 0 })).answered++;
  }
  return { days: [...days.values()], latencies: [...latencies.values()], users: [...users.values()] };
}

function sumsOf({ status, usage, costUSD, latencyMs }: EndedTurn["data"]): TimedSums {
  const isAnswered = status === "completed";
  return {
    turns: 1,
    errors: status === "failed" ? 1 : 0,
    unpriced: usage !== null && costUSD === null ? 1 : 0,
    tokensIn: usage?.inputTokens ?? 0,
    tokensOut: usage?.outputTokens ?? 0,
    costNanoUsd: Math.round((costUSD ?? 0) * 1e9),
    answered: isAnswered ? 1 : 0,
    latencyMs: isAnswered ? latencyMs : 0,
  };
}

function entry<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
