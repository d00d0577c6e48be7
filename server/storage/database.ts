import { homedir } from "node:os";
import { join } from "node:path";
import { type CompiledQuery, Kysely, SqliteAdapter, SqliteDialect } from "kysely";
import { DatabaseOpenError, explainOpenFailure } from "./database-open-error.ts";
import { migrate } from "./migrate.ts";
import { createSqliteScripts, type OnQuery, type RunScript } from "./script.ts";
import type { Schema } from "./schema.ts";
import { createSqliteConnection } from "./sqlite-connection.ts";
import { inMemory, openSqliteFile } from "./sqlite-file.ts";

/**
 * The database, as the stores see it.
 *
 * Errors that a query throws have been through `storageFailure`: a taken id is a GatewayError `conflict`, a database
 * that cannot be used right now a `service_unavailable`.
 */
export interface Database {
  /** Builds and runs queries; the same ones on SQLite and PostgreSQL. */
  readonly kysely: Kysely<Schema>;
  /** Runs the queries of a script as one transaction; what every turn does, and so cheaper than Kysely's own. */
  readonly run: RunScript;
  /** Runs one query that was prepared, and gives its rows; cheaper than through Kysely. */
  read<Row>(query: CompiledQuery<Row>): Row[];
  /** Throws when the database does not answer. For health checks. */
  ping(): Promise<void>;
  /** Lets what is under way end, folds the write-ahead log into the file, and closes it. May be called twice. */
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** Told of each transaction of scripts and each other query how long it took. */
  onQuery?: OnQuery | undefined;
}

/**
 * Opens `sqlite:PATH` (`~/` is the home folder) or `sqlite::memory:`, and brings its tables up to date.
 * Throws a `DatabaseOpenError` that says what to do.
 */
export async function openDatabase(url: string, { onQuery }: DatabaseOptions = {}): Promise<Database> {
  const file = sqliteFile(url);
  try {
    return await openSqlite(file, onQuery);
  } catch (thrown) {
    throw explainOpenFailure(file, thrown);
  }
}

function sqliteFile(url: string): string {
  if (/^postgres(ql)?:/.test(url)) {
    throw new DatabaseOpenError("PostgreSQL comes in a later version of OpenClaw. Until then storage.url is sqlite:PATH.");
  }
  const path = /^sqlite:(.+)$/s.exec(url)?.[1];
  if (path === undefined) {
    // The scheme alone: a URL of another database may have a password in it.
    const scheme = /^[a-z0-9+.-]+:/i.exec(url)?.[0] ?? "no scheme";
    throw new DatabaseOpenError(`storage.url is sqlite:PATH, such as sqlite:~/.openclaw/openclaw.db; this one has ${scheme}.`);
  }
  return path.startsWith("~/") ? join(homedir(), path.slice(2)) : path;
}

async function openSqlite(file: string, onQuery: OnQuery | undefined): Promise<Database> {
  const native = openSqliteFile(file);
  const connection = createSqliteConnection(native);
  const kysely = new Kysely<Schema>({ dialect: new TransactionalSqliteDialect({ database: connection }), ...(onQuery && { log: ({ queryDurationMillis }) => onQuery("query", queryDurationMillis) }) });
  try {
    await migrate(kysely);
  } catch (thrown) {
    connection.close();
    throw thrown;
  }

  const run = createSqliteScripts(native, connection, kysely as unknown as Kysely<never>, onQuery);

  let closing: Promise<void> | undefined;
  async function close(): Promise<void> {
    // Scripts run in their order: behind this one none is left.
    await run(function* () {});
    // Holding the one connection means that every transaction begun before has ended.
    await kysely.connection().execute(async () => {
      if (file !== inMemory) native.exec("pragma wal_checkpoint(truncate)");
    });
    await kysely.destroy();
    connection.close();
  }

  return {
    kysely,
    run,
    read<Row>({ sql, parameters }: CompiledQuery<Row>) {
      const startedAt = performance.now();
      const rows = connection.prepare(sql).all(parameters) as Row[];
      onQuery?.("query", performance.now() - startedAt);
      return rows;
    },
    async ping() {
      await kysely.selectFrom("keys").select("id").limit(1).execute();
    },
    close: () => (closing ??= close()),
  };
}

/**
 * SQLite does roll back changes of the schema. Kysely assumes that it does not, since some need `pragma foreign_keys`,
 * which a transaction cannot change; ours do without, and so a migration happens wholly or not at all.
 */
class TransactionalSqliteDialect extends SqliteDialect {
  override createAdapter(): SqliteAdapter {
    return new TransactionalSqliteAdapter();
  }
}

class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}
