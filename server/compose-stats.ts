import type { Logger } from "pino";
import type { EventStore } from "./events/store.ts";
import type { EventWriter } from "./events/writer.ts";
import { createRollup, type Rollup } from "./stats/rollup.ts";
import { createRollupStore } from "./stats/rollup-store.ts";
import { createStats, type Stats } from "./stats/service.ts";
import { createStatsStore } from "./stats/store.ts";
import type { Database } from "./storage/database.ts";
import type { Workspaces } from "./workspaces/service.ts";

export interface ComposeStatsOptions {
  database: Database;
  events: EventStore;
  writer: EventWriter;
  workspaces: Workspaces;
  log: Logger;
}

/** Statistics, and what counts them up in the background. */
export function composeStats({ database, events, writer, workspaces, log }: ComposeStatsOptions): { stats: Stats; usage: Rollup } {
  const usage = createRollup({ store: createRollupStore({ database }), events, writer, log });
  return { stats: createStats({ store: createStatsStore({ database }), rollup: usage, workspaces }), usage };
}
