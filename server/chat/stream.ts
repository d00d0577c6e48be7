import type { EventStream, StreamEvent } from "../../generated/server/handlers.ts";
import { GatewayError } from "../errors.ts";
import type { Run } from "../runs/run.ts";
import type { Face } from "./faces/face.ts";

/** A place in a run's stream: behind `part` parts of the event with this index. */
export interface StreamPosition {
  index: number;
  part: number;
}

export const streamStart: StreamPosition = { index: 0, part: 0 };

/**
 * A run's events in a face, from a position on. The id of an event is `<run>:<n>`; where one of the turn's events becomes
 * several in the face, all but the last are `<run>:<n>.<part>`. Whoever reads counts as somebody who waits for the run.
 */
export async function* streamRun<Wire>(run: Run, face: Face<Wire>, from: StreamPosition, signal: AbortSignal): EventStream<Wire> {
  const release = run.attach();
  try {
    let skip = from.part;
    for await (const { from: first, events } of run.log.read(from.index, signal)) {
      const batch: StreamEvent<Wire>[] = [];
      const faceRun = { ...run.identity, messageId: run.messageId, model: run.model };
      for (let offset = 0; offset < events.length; offset++) {
        const parts = face(events[offset]!, faceRun);
        for (let part = skip; part < parts.length; part++) {
          batch.push({ id: eventId(run.id, first + offset, part, parts.length), data: parts[part]! });
        }
        skip = 0;
      }
      if (batch.length > 0) yield batch;
    }
  } finally {
    release();
  }
}

/** Whether a reader at this position has seen everything there will be. */
export function isAtEnd(run: Run, { index }: StreamPosition): boolean {
  return run.log.hasEnded && index >= run.log.length;
}

function eventId(runId: string, index: number, part: number, parts: number): string {
  return part === parts - 1 ? `${runId}:${index + 1}` : `${runId}:${index + 1}.${part + 1}`;
}

/** Where a client stood that names the last event it received. Throws `bad_request` on what is no id of ours. */
export function parseEventId(text: string): { runId: string | null; position: StreamPosition } {
  const match = /^(?:([A-Za-z0-9._@-]{1,128}):)?(\d{1,9})(?:\.(\d{1,9}))?$/.exec(text);
  if (!match) throw new GatewayError("bad_request", "This is not the id of an event of a stream: ids look like `run_…:12`.");
  const [, runId = null, number, part] = match;
  const count = Number(number);
  return { runId, position: part === undefined ? { index: count, part: 0 } : { index: Math.max(count - 1, 0), part: Number(part) } };
}
