import type { Generated } from "kysely";

/** The tables of statistics, counted up from the log of events. Part of `Schema`, which says what columns hold. */
export interface UsageSchema {
  usage_days: UsageDaysTable;
  usage_latencies: UsageLatenciesTable;
  usage_user_days: UsageUserDaysTable;
  usage_users: UsageUsersTable;
  usage_cursor: UsageCursorTable;
}

/** What turns have used: sums that are added to, and never reckoned anew. */
interface UsageSums {
  turns: number;
  errors: number;
  /** Turns whose model has no price. */
  unpriced: number;
  tokens_in: number;
  tokens_out: number;
  cost_nano_usd: number;
}

interface UsageDaysTable extends UsageSums {
  /** Of UTC, counted from 1970, as in all of these tables. */
  day: number;
  workspace_id: string;
  /** Empty for turns that failed before a model began. */
  model: string;
  /** Turns that were answered, and the sum of their latencies. */
  answered: number;
  latency_ms: number;
}

interface UsageLatenciesTable {
  day: number;
  workspace_id: string;
  /** As of `latencyBucket`. */
  bucket: number;
  answered: number;
}

interface UsageUserDaysTable extends UsageSums {
  day: number;
  workspace_id: string;
  user_number: number;
}

interface UsageUsersTable {
  /** Stands for the user in the rows of days, of which there are many. */
  number: Generated<number>;
  /** Empty for turns without one. */
  user_id: string;
  /** Of turns without a user; else empty. */
  key_id: string;
}

/** One row. */
interface UsageCursorTable {
  /** All events up to and with this one are counted. */
  cursor: number;
}
