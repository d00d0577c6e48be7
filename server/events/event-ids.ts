import { GatewayError } from "../errors.ts";

/** The ids of a log's events: `evt_`, the log, and the cursor. They sort as the events do, and are what a reader goes on behind. */
export interface EventIds {
  of(cursor: number): string;
  /** The cursor of an id. Throws `bad_request` on what is no id of this log. */
  cursorOf(id: string): number;
}

export function createEventIds(logId: string): EventIds {
  return {
    of: (cursor) => `evt_${logId}_${String(cursor).padStart(12, "0")}`,
    cursorOf(id) {
      const [, log, cursor] = /^evt_([0-9a-f]{8})_(\d{12,15})$/.exec(id) ?? [];
      if (log === undefined) throw notOurs("is not the id of an event: those look like `evt_5c0e3a9f_000000000042`");
      if (log !== logId) throw notOurs("is the id of an event of another database; begin again without it");
      return Number(cursor);
    },
  };
}

/** What is wrong with the position that a reader named. */
export function notOurs(message: string): GatewayError {
  return new GatewayError("bad_request", `The event to go on behind ${message}.`, { details: { errors: [{ path: "/after", message }] } });
}
