/** What a change means to clients that were written from the contract before it. */
export type Level = "breaking" | "compatible" | "documentation";

/** Which way it goes: what clients send, or what they are answered or sent. Null where it goes neither way. */
export type Side = "request" | "answer" | null;

/** One change of the contract. */
export interface Change {
  kind: ChangeKind;
  level: Level;
  /** The operation (`GET /api/v1/logs`), its answer (`GET /api/v1/logs 200`) or the place in a schema (`Webhook.url`, `Agent.tools[]`). */
  place: string;
  side: Side;
  /** What has happened to the place, as the sentence goes on behind it: `is gone`. */
  says: string;
  /** The operations that have a part in it, by id; of a socket `/ws authenticate`. */
  operations: string[];
}

export type ChangeKind =
  | `operation-${"added" | "removed" | "moved" | "renamed" | "deprecated" | "undeprecated"}`
  | `sunset-${"changed"}`
  | `permission-${"raised" | "lowered" | "changed"}`
  | `rate-class-${"changed"}`
  | `security-${"added" | "removed" | "changed"}`
  | `parameter-${"added" | "removed" | "required" | "optional" | "changed"}`
  | `body-${"added" | "removed" | "required" | "optional"}`
  | `media-type-${"added" | "removed"}`
  | `status-${"added" | "removed"}`
  | `header-${"added" | "removed" | "required" | "optional"}`
  | `${"server" | "channel"}-${"changed"}`
  | `schema-${"renamed" | "changed" | "opened" | "closed"}`
  | `field-${"added" | "removed" | "required" | "optional" | "deprecated" | "undeprecated"}`
  | `${"type" | "format" | "pattern"}-${"narrowed" | "widened" | "changed"}`
  | `bound-${"narrowed" | "widened"}`
  | `enum-${"added" | "removed" | "narrowed" | "widened"}`
  | `null-${"added" | "removed"}`
  | `${"variant" | "event"}-${"added" | "removed"}`
  | `default-${"added" | "removed" | "changed"}`
  | "described";

/** Takes a change down; the same one, seen from another operation, adds that operation. */
export type Note = (change: Omit<Change, "operations">, operation: string) => void;

/** Collects changes: the breaking ones first, and each level by place. */
export function createNotes(): { note: Note; changes: () => Change[] } {
  const found = new Map<string, Change & { operations: string[] }>();
  return {
    note(change, operation) {
      const key = JSON.stringify([change.kind, change.place, change.side, change.says]);
      const known = found.get(key);
      if (!known) found.set(key, { ...change, operations: [operation] });
      else if (!known.operations.includes(operation)) known.operations.push(operation);
    },
    changes() {
      for (const { operations } of found.values()) operations.sort();
      return [...found.values()].sort((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level) || compareText(a.place, b.place) || compareText(a.kind, b.kind) || compareText(a.says, b.says));
    },
  };
}

export const levels: readonly Level[] = ["breaking", "compatible", "documentation"];

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
