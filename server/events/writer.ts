import type { CompiledQuery } from "kysely";
import type { Database } from "../storage/database.ts";
import { prepare } from "../storage/prepared.ts";
import type { Script } from "../storage/script.ts";
import type { NewEvent } from "./event.ts";

/** Writes events where they happen: in the transaction that stores what they tell of. */
export interface EventWriter {
  /** To be part of a script (`yield*`). Whoever follows the log is told once the script is committed. */
  append(...events: readonly NewEvent[]): Script<void>;
  /** For what is stored nowhere else: a transaction of its own. */
  write(event: NewEvent): Promise<void>;
  /** Has more written with each event, in the same transaction: what is to be delivered. */
  accompany(companion: EventCompanion): void;
  /** Calls back when there may be something new in the log. */
  onAppended(listener: () => void): void;
}

/** What goes with an event, to be asked for once it has its cursor; null for most, with which nothing goes. */
export type EventCompanion = (event: NewEvent) => ((cursor: number) => readonly CompiledQuery[]) | null;

export function createEventWriter({ database: { kysely, run } }: { database: Database }): EventWriter {
  const insertOne = prepare<Row>()((value) => kysely.insertInto("events").values(columnsOf(value)).returning("cursor"));
  /** By how many there are at once: a statement costs more than a row. */
  const inserts: ((events: readonly NewEvent[]) => CompiledQuery)[] = [];
  const companions: EventCompanion[] = [];
  const listeners: (() => void)[] = [];
  let isTelling = false;

  /** A script is played and committed without giving way, so the next round sees what it wrote. If it is taken back, nothing is seen. */
  function tell(): void {
    if (isTelling || listeners.length === 0) return;
    isTelling = true;
    setImmediate(() => {
      isTelling = false;
      for (const listener of listeners) listener();
    });
  }

  /** Compiled once; the values are put in its parameters. */
  function insertOf(count: number): (events: readonly NewEvent[]) => CompiledQuery {
    const compiled = kysely.insertInto("events").values(Array.from({ length: count }, () => columnsOf(() => "" as never))).compile();
    return (events) => ({ ...compiled, parameters: events.flatMap(valuesOf) });
  }

  function* append(...events: readonly NewEvent[]): Script<void> {
    const followed = events.map((event) => companions.flatMap((companion) => companion(event) ?? []));
    if (followed.every((follow) => follow.length === 0)) {
      if (events.length > 0) yield (inserts[events.length] ??= insertOf(events.length))(events);
    } else {
      for (const [index, event] of events.entries()) {
        const { rows } = yield insertOne(rowOf(event));
        const { cursor } = rows[0] as { cursor: number };
        for (const follow of followed[index]!) for (const query of follow(cursor)) yield query;
      }
    }
    tell();
  }

  return {
    append,
    write: (event) => run(() => append(event)),
    accompany: (companion) => void companions.push(companion),
    onAppended: (listener) => void listeners.push(listener),
  };
}

interface Row {
  type: string;
  workspaceId: string;
  sessionId: string | null;
  messageId: string | null;
  at: number;
  data: string;
}

function rowOf({ type, workspaceId, sessionId, messageId, at, data }: NewEvent): Row {
  return { type, workspaceId, sessionId, messageId, at, data: JSON.stringify(data) };
}

function columnsOf(value: <Name extends keyof Row>(name: Name) => Row[Name]) {
  return { type: value("type"), workspace_id: value("workspaceId"), session_id: value("sessionId"), message_id: value("messageId"), at: value("at"), data: value("data") };
}

/** In the order of the columns. */
function valuesOf({ type, workspaceId, sessionId, messageId, at, data }: NewEvent): unknown[] {
  return [type, workspaceId, sessionId, messageId, at, JSON.stringify(data)];
}
