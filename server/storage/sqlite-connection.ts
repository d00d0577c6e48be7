import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import type { SqliteDatabase, SqliteStatement } from "kysely";
import { storageFailure } from "./storage-failure.ts";

/**
 * `node:sqlite` in the shape of better-sqlite3, which is the one Kysely's SQLite dialect speaks. Statements are
 * prepared once and kept, and every error of SQLite's leaves through `storageFailure`.
 */
export function createSqliteConnection(native: DatabaseSync): SqliteDatabase {
  const statements = new Map<string, SqliteStatement>();

  function prepare(sql: string): SqliteStatement {
    const known = statements.get(sql);
    if (known !== undefined) return known;

    const statement = createStatement(native, sql);
    // Oldest out. The texts come from our own stores and are few, unless a list with many filters varies them.
    if (statements.size >= keptStatements) for (const oldest of statements.keys()) {
      statements.delete(oldest);
      break;
    }
    statements.set(sql, statement);
    return statement;
  }

  return {
    prepare,
    close() {
      statements.clear();
      if (native.isOpen) native.close();
    },
  };
}

const keptStatements = 256;

function createStatement(native: DatabaseSync, sql: string): SqliteStatement {
  if (sql === "rollback") return createRollback(native);
  // Every transaction here writes. One that begins as a reader and finds, when it comes to write, that another
  // process has written since, fails at once instead of waiting its turn; so it takes the write lock first.
  const statement = guarded(() => native.prepare(sql === "begin" ? "begin immediate" : sql));
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => guarded(() => statement.all(...bindable(parameters))),
    run: (parameters) => guarded(() => statement.run(...bindable(parameters))),
    iterate: (parameters) => iterate(native, sql, parameters),
  };
}

/** A full disk makes SQLite roll back by itself. Doing so again would throw, and hide what had gone wrong. */
function createRollback(native: DatabaseSync): SqliteStatement {
  const nothing = { changes: 0, lastInsertRowid: 0 };
  return {
    reader: false,
    all: () => [],
    run: () => {
      if (native.isTransaction) guarded(() => native.exec("rollback"));
      return nothing;
    },
    iterate: () => [].values(),
  };
}

/** On a statement of its own: a kept one would start anew when the same text is run while the rows are being read. */
function* iterate(native: DatabaseSync, sql: string, parameters: readonly unknown[]): IterableIterator<unknown> {
  const statement: StatementSync = guarded(() => native.prepare(sql));
  const rows = guarded(() => statement.iterate(...bindable(parameters)));
  for (;;) {
    const next = guarded(() => rows.next());
    if (next.done === true) return;
    yield next.value;
  }
}

/** Kysely types parameters as unknown; node:sqlite itself refuses what SQLite cannot hold. */
function bindable(parameters: readonly unknown[]): SQLInputValue[] {
  return parameters as SQLInputValue[];
}

function guarded<T>(operation: () => T): T {
  try {
    return operation();
  } catch (thrown) {
    throw storageFailure(thrown);
  }
}
