import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import type { ServerTarget } from "./server-target.ts";

/** The gateway's database file, opened beside it. */
export function openBeside({ gateway }: ServerTarget): DatabaseSync {
  return new DatabaseSync(join(gateway.stateDir, "openclaw.db"));
}

/**
 * The run that a request began. A client that waits for JSON learns the id with the answer only; a test that is to cancel
 * the run before has to look into the database.
 */
export function runOfRequest(server: ServerTarget, requestId: string): string {
  const database = openBeside(server);
  try {
    const row = database.prepare("SELECT id FROM runs WHERE request LIKE ?").get(`%"${requestId}"%`) as { id: string } | undefined;
    if (!row) throw new Error(`no run has begun with the request ${requestId}`);
    return row.id;
  } finally {
    database.close();
  }
}
