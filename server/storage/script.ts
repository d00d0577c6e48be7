import type { DatabaseSync } from "node:sqlite";
import type { CompiledQuery, Kysely, SqliteDatabase } from "kysely";

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

interface Job {
  script: () => Script<unknown>;
  resolve: (value: unknown) => void;
  reject: (thrown: unknown) => void;
}

/** How a script of a group went; it is told only once the group is committed. */
type Outcome = { value: unknown } | { thrown: unknown };

/**
 * Scripts are what every turn runs. A commit costs SQLite ten times what a statement does, so those of one round of the
 * event loop share one (group commit), each behind a savepoint of its own: one that fails takes back only itself. None
 * gives way between its statements. PostgreSQL will run the same scripts, waiting at each `yield`.
 */
export function createSqliteScripts(native: DatabaseSync, connection: SqliteDatabase, kysely: Kysely<never>): RunScript {
  const run = (sql: string) => connection.prepare(sql).run([]);
  let waiting: Job[] = [];

  function flush(): void {
    const group = waiting;
    waiting = [];
    // A transaction of Kysely's is open between two of its statements: wait until the connection is free.
    if (native.isTransaction) void kysely.connection().execute(async () => settle(group));
    else settle(group);
  }

  function settle(group: readonly Job[]): void {
    let outcomes: Outcome[];
    try {
      outcomes = commit(group);
    } catch (thrown) {
      // All of it is taken back, as when the disk is full. One by one, each meets its own fault and none of another's.
      if (group.length > 1) for (const job of group) settle([job]);
      else group[0]?.reject(thrown);
      return;
    }
    for (const [index, outcome] of outcomes.entries()) {
      if ("thrown" in outcome) group[index]?.reject(outcome.thrown);
      else group[index]?.resolve(outcome.value);
    }
  }

  function commit(group: readonly Job[]): Outcome[] {
    run("begin");
    try {
      const outcomes = group.length === 1 ? group.map(({ script }) => ({ value: play(script) })) : group.map(playApart);
      run("commit");
      return outcomes;
    } catch (thrown) {
      run("rollback");
      throw thrown;
    }
  }

  function playApart({ script }: Job): Outcome {
    run("savepoint script");
    try {
      const value = play(script);
      run("release script");
      return { value };
    } catch (thrown) {
      // Some errors make SQLite give up the whole transaction: then there is no savepoint to go back to.
      if (!native.isTransaction) throw thrown;
      run("rollback to script");
      run("release script");
      return { thrown };
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
