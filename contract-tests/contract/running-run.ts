import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import type { ServerTarget } from "./server-target.ts";

/** The gateway's database file, opened beside it. */
export function openBeside({ gateway }: ServerTarget): DatabaseSync {
  return new DatabaseSync(join(gateway.stateDir, "openclaw.db"));
}

/**
 * The run that is under way. A client that waits for JSON learns the id with the answer only; a test that is to cancel
 * its run has to look into the database.
 */
export function runningRun(server: ServerTarget): string {
  const database = openBeside(server);
  try {
    const rows = database.prepare("SELECT id FROM runs WHERE status = 'running'").all() as { id: string }[];
    if (rows.length !== 1) throw new Error(`${rows.length} runs are under way`);
    return rows[0]!.id;
  } finally {
    database.close();
  }
}
