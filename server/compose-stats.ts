import type { Logger } from "pino";
import type { EventStore } from "./events/store.ts";
import type { EventWriter } from "./events/writer.ts";
import { createStatsHandlers } from "./stats/handlers.ts";
import { createRollup } from "./stats/rollup.ts";
import { createRollupStore } from "./stats/rollup-store.ts";
import { createStats } from "./stats/service.ts";
import { createStatsStore } from "./stats/store.ts";
import type { Database } from "./storage/database.ts";
import type { Workspaces } from "./workspaces/service.ts";

interface StatsOptions {
  database: Database;
  events: Pick<EventStore, "newest">;
  writer: Pick<EventWriter, "onAppended">;
  workspaces: Pick<Workspaces, "getFor">;
  log: Logger;
  now: () => number;
}

/** Statistics, and what counts them up in the background. */
export function composeStats({ database, events, writer, workspaces, log, now }: StatsOptions) {
  const usage = createRollup({ store: createRollupStore({ database }), events, writer, log });
  const stats = createStats({ store: createStatsStore({ database }), rollup: usage, workspaces });
  return { usage, handlers: createStatsHandlers({ stats, now }) };
}
