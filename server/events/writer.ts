import type { CompiledQuery } from "kysely";
import type { Database } from "../storage/database.ts";
import { prepare } from "../storage/prepared.ts";
import type { Script } from "../storage/script.ts";
import type { NewEvent } from "./event.ts";

/** Writes events where they happen: in the transaction that stores what they tell of. */
export interface EventWriter {
  /** To be part of a script (`yield*`). Whoever follows the log is told once the script is committed. */
  append(event: NewEvent): Script<void>;
  /** For what is stored nowhere else: a transaction of its own. */
  write(event: NewEvent): Promise<void>;
  /** Has more written with each event, in the same transaction: what is to be delivered. */
  accompany(companion: EventCompanion): void;
  /** Calls back when there may be something new in the log. */
  onAppended(listener: () => void): void;
}

/** The queries that go with an event; mostly none. */
export type EventCompanion = (event: NewEvent, cursor: number) => readonly CompiledQuery[];

interface Row {
  type: string;
  workspaceId: string;
  sessionId: string | null;
  messageId: string | null;
  at: number;
  data: string;
}

export function createEventWriter({ database: { kysely, run } }: { database: Database }): EventWriter {
  const insert = prepare<Row>()((value) =>
    kysely
      .insertInto("events")
      .values({ type: value("type"), workspace_id: value("workspaceId"), session_id: value("sessionId"), message_id: value("messageId"), at: value("at"), data: value("data") })
      .returning("cursor"),
  );
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

  function* append(event: NewEvent): Script<void> {
    const { type, workspaceId, sessionId, messageId, at, data } = event;
    const { rows } = yield insert({ type, workspaceId, sessionId, messageId, at, data: JSON.stringify(data) });
    if (companions.length > 0) {
      const { cursor } = rows[0] as { cursor: number };
      for (const companion of companions) for (const query of companion(event, cursor)) yield query;
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
