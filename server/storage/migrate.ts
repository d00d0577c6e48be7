import type { Kysely } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { initial } from "./migrations/0001-initial.ts";
import { seededWorkspaces } from "./migrations/0003-seeded-workspaces.ts";
import { audit } from "./migrations/0004-audit.ts";
import { memory } from "./migrations/0006-memory.ts";
import { cron } from "./migrations/0007-cron.ts";
import { sessionSummary } from "./migrations/0008-session-summary.ts";
import { keyTools } from "./migrations/0010-key-tools.ts";
import { idempotency } from "./migrations/0011-idempotency.ts";
import { events } from "./migrations/0012-events.ts";
import { channels } from "./migrations/0013-channels.ts";
import { webhooks } from "./migrations/0014-webhooks.ts";
import { usage } from "./migrations/0015-usage.ts";
import { keyDenyTools } from "./migrations/0016-key-deny-tools.ts";
import type { Schema } from "./schema.ts";

/**
 * Every change of the schema, in the order of its name. A migration that has been released is never edited: the next
 * change is the next file.
 */
const migrations: Record<string, Migration> = {
  "0001-initial": initial,
  "0003-seeded-workspaces": seededWorkspaces,
  "0004-audit": audit,
  "0006-memory": memory,
  "0007-cron": cron,
  "0008-session-summary": sessionSummary,
  "0010-key-tools": keyTools,
  "0011-idempotency": idempotency,
  "0012-events": events,
  "0013-channels": channels,
  "0014-webhooks": webhooks,
  "0015-usage": usage,
  "0016-key-deny-tools": keyDenyTools,
};

/** What a database of this program's version has been through. */
export const migrationNames: readonly string[] = Object.keys(migrations);

/**
 * Brings the tables up to this program's version: all that is missing in one transaction, or nothing.
 *
 * Throws `NewerSchema` when a newer program has been here before, and whatever the database throws.
 */
export async function migrate(kysely: Kysely<Schema>): Promise<void> {
  const unknown = (await executedMigrations(kysely)).filter((name) => !(name in migrations));
  if (unknown.length > 0) throw new NewerSchema(unknown);

  const migrator = new Migrator({ db: kysely, provider: { getMigrations: () => Promise.resolve(migrations) } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

/** The tables were made by a program that knows migrations which this one does not. */
export class NewerSchema extends Error {
  override readonly name = "NewerSchema";
  readonly migrations: readonly string[];

  constructor(unknown: readonly string[]) {
    super(`unknown migrations: ${unknown.join(", ")}`);
    this.migrations = unknown;
  }
}

const bookkeeping = "kysely_migration";

async function executedMigrations(kysely: Kysely<Schema>): Promise<string[]> {
  const tables = await kysely.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === bookkeeping)) return [];
  const rows = await kysely
    .withTables<{ [bookkeeping]: { name: string } }>()
    .selectFrom(bookkeeping)
    .select("name")
    .execute();
  return rows.map((row) => row.name);
}
