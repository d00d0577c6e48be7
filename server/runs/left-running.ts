import { type Kysely, sql } from "kysely";
import type { EventWriter } from "../events/writer.ts";
import type { Schema } from "../storage/schema.ts";
import type { Script } from "../storage/script.ts";
import { cutOffEvents } from "./run-events.ts";

const error = { code: "service_unavailable" as const, message: "The gateway was stopped in the middle of the turn." };

/** Marks runs that an earlier process left running as failed; how many. */
export function* failLeftRunning({ kysely, events, now }: { kysely: Kysely<Schema>; events: Pick<EventWriter, "append">; now: number }): Script<number> {
  // As a literal: only then does the planner see that the index of running runs answers it.
  const left = kysely.selectFrom("runs").where("status", "=", sql.lit("running"));
  const { rows } = yield left.select(["id", "session_id as sessionId", "workspace_id as workspaceId", "agent_id as agentId", "user_id as userId", "channel", "key_id as keyId", "created_at as createdAt"]).compile();
  // The question of each was stored; a session counts its messages when the turn ends, which for these is now.
  yield kysely
    .updateTable("sessions")
    .set((its) => ({
      message_count: its.eb(
        "message_count",
        "+",
        its
          .selectFrom("runs")
          .select(({ fn }) => fn.countAll<number>().as("count"))
          .where("status", "=", sql.lit("running"))
          .whereRef("session_id", "=", "sessions.id"),
      ),
    }))
    .where("id", "in", left.select("session_id").$castTo<{ session_id: string }>())
    .compile();
  yield kysely
    .updateTable("runs")
    .set({ status: "failed", message_id: null, error_code: error.code, error_message: error.message, error_details: "{}", finished_at: now })
    .where("status", "=", sql.lit("running"))
    .compile();
  for (const row of rows) yield* events.append(...cutOffEvents(row as Parameters<typeof cutOffEvents>[0], error, now));
  return rows.length;
}
