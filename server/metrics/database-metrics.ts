import { Histogram } from "./histogram.ts";

export type DatabaseMetrics = Histogram<"kind">;

/** Transactions (many requests may share one) and single queries. */
export function createDatabaseMetrics(): DatabaseMetrics {
  return new Histogram("openclaw_database_duration_seconds", "How long the database took, for a transaction of a turn or a single query.", ["kind"], [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5]);
}
