import type { Kysely } from "kysely";
import type { Schema } from "../storage/schema.ts";
import type { Script } from "../storage/script.ts";

/** What came of a deletion. */
export interface Deletion {
  /** False when there is no such workspace, or sessions stood in the way. */
  isDeleted: boolean;
  /** How many sessions were in it. */
  sessions: number;
}

/**
 * The one transaction that goes through everybody's tables: a workspace goes with its sessions, their messages, its runs,
 * events, memories, cron jobs, webhooks, messages of channels and statistics, and out of the keys that are bound to it, or nothing happens at all.
 * A new table with a workspace's data has its line here. A key that was bound to this workspace alone is bound to none from then on, never to all.
 *
 * Runs are found without an index: each turn would have to write it, and workspaces are hardly ever deleted.
 */
export function* deletionOf(kysely: Kysely<Schema>, id: string, force: boolean): Script<Deletion> {
  const ownSessions = kysely.selectFrom("sessions").where("workspace_id", "=", id);
  const counted = yield ownSessions.select(({ fn }) => fn.countAll<number>().as("count")).compile();
  const sessions = Number((counted.rows[0] as { count: number }).count);
  if (sessions > 0 && !force) return { isDeleted: false, sessions };

  yield kysely.deleteFrom("messages").where("session_id", "in", ownSessions.select("id")).compile();
  yield kysely.deleteFrom("sessions").where("workspace_id", "=", id).compile();
  yield kysely.deleteFrom("events").where("workspace_id", "=", id).compile();
  yield kysely.deleteFrom("webhook_deliveries").where("workspace_id", "=", id).compile();
  yield kysely.deleteFrom("webhooks").where("workspace_id", "=", id).compile();
  // Users that nobody else has: while it is known who they were.
  const usersOf = (operator: "=" | "<>") => kysely.selectFrom("usage_user_days").where("workspace_id", operator, id).select("user_number");
  yield kysely.deleteFrom("usage_users").where("number", "in", usersOf("=")).where("number", "not in", usersOf("<>")).compile();
  for (const table of ["usage_days", "usage_latencies", "usage_user_days"] as const) yield kysely.deleteFrom(table).where("workspace_id", "=", id).compile();
  yield kysely.deleteFrom("memories").where("workspace_id", "=", id).compile();
  yield kysely.deleteFrom("runs").where("workspace_id", "=", id).compile();
  const ownJobs = kysely.selectFrom("cron_jobs").select("id").where("workspace_id", "=", id);
  yield kysely.deleteFrom("cron_clocks").where("job_id", "in", ownJobs).compile();
  yield kysely.deleteFrom("cron_runs").where("workspace_id", "=", id).compile();
  yield kysely.deleteFrom("cron_jobs").where("workspace_id", "=", id).compile();
  yield kysely.deleteFrom("channel_inbox").where("workspace_id", "=", id).compile();

  const bound = yield kysely.selectFrom("keys").select(["id", "workspaces"]).where("workspaces", "is not", null).compile();
  for (const key of bound.rows as { id: string; workspaces: string }[]) {
    const workspaces = JSON.parse(key.workspaces) as string[];
    if (!workspaces.includes(id)) continue;
    const rest = JSON.stringify(workspaces.filter((workspace) => workspace !== id));
    yield kysely.updateTable("keys").set({ workspaces: rest }).where("id", "=", key.id).compile();
  }

  const { affected } = yield kysely.deleteFrom("workspaces").where("id", "=", id).compile();
  return { isDeleted: affected === 1, sessions };
}
