import type { DatabaseSync } from "node:sqlite";
import type { CompiledQuery, Kysely, SqliteDatabase } from "kysely";
import { GatewayError } from "../errors.ts";

/** What a query of a script gives back. */
export interface ScriptResult {
  rows: readonly unknown[];
  /** Rows inserted, updated or deleted. */
  affected: number;
}

/** The queries of one transaction, in their order: each `yield` gives its result. What it throws takes everything back. */
export type Script<T> = Generator<CompiledQuery, T, ScriptResult>;

/**
 * Runs a script as a transaction: all of it or nothing, and committed once the promise resolves. A script has no effect but
 * its queries: when a commit fails it is played again.
 */
export type RunScript = <T>(script: () => Script<T>) => Promise<T>;

/** Told how long the database took. */
export type OnQuery = (kind: "transaction" | "query", durationMs: number) => void;

interface Job {
  script: () => Script<unknown>;
  resolve: (value: unknown) => void;
  reject: (thrown: unknown) => void;
}

/**
 * Scripts are what every turn runs. A commit costs SQLite ten times what a statement does, so those of one round of the
 * event loop share one (group commit). When one fails, all are taken back and played again one by one: that is rare, and
 * cheaper than a savepoint for each, which makes SQLite keep a copy of every page it changes. None gives way between its
 * statements. PostgreSQL will run the same scripts, waiting at each `yield`.
 */
export function createSqliteScripts(native: DatabaseSync, connection: SqliteDatabase, kysely: Kysely<never>, onQuery?: OnQuery): RunScript {
  const run = (sql: string) => connection.prepare(sql).run([]);
  let waiting: Job[] = [];

  function flush(): void {
    const group = waiting;
    waiting = [];
    const refuse = (thrown: unknown) => group.forEach(({ reject }) => reject(thrown));
    // Asked for a transaction, a closed database throws, and here nobody would catch it.
    if (!native.isOpen) refuse(new GatewayError("service_unavailable", "The gateway has closed its database."));
    // A transaction of Kysely's is open between two of its statements: wait until the connection is free.
    else if (native.isTransaction) kysely.connection().execute(async () => settle(group)).catch(refuse);
    else settle(group);
  }

  function settle(group: readonly Job[]): void {
    let values: unknown[];
    try {
      values = commit(group);
    } catch (thrown) {
      // All of it is taken back. One by one, each meets its own fault and none of another's.
      if (group.length > 1) for (const job of group) settle([job]);
      else group[0]?.reject(thrown);
      return;
    }
    for (const [index, job] of group.entries()) job.resolve(values[index]);
  }

  function commit(group: readonly Job[]): unknown[] {
    const startedAt = performance.now();
    run("begin");
    try {
      const values = group.map(({ script }) => play(script));
      run("commit");
      onQuery?.("transaction", performance.now() - startedAt);
      return values;
    } catch (thrown) {
      run("rollback");
      throw thrown;
    }
  }

  function play<T>(script: () => Script<T>): T {
    const queries = script();
    let step = queries.next();
    while (step.done !== true) step = queries.next(execute(step.value));
    return step.value;
  }

  function execute({ sql, parameters }: CompiledQuery): ScriptResult {
    const statement = connection.prepare(sql);
    if (statement.reader) return { rows: statement.all(parameters), affected: 0 };
    return { rows: [], affected: Number(statement.run(parameters).changes) };
  }

  return <T>(script: () => Script<T>) =>
    new Promise<T>((resolve, reject) => {
      if (waiting.push({ script, resolve: resolve as (value: unknown) => void, reject }) === 1) setImmediate(flush);
    });
}
