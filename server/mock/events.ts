import { once } from "node:events";
import { setImmediate as nextRound, setTimeout as sleep } from "node:timers/promises";
import { GatewayError } from "../errors.ts";
import type { ExampleEvent } from "./examples.ts";

interface PlayOptions {
  /** Between two events. */
  pauseMs?: number | undefined;
  /** So many events; then the connection is cut. */
  cutAfter?: number | undefined;
  /** Nothing more comes after the last event, but the connection stays open. */
  isEndless: boolean;
  /** Aborted when the client leaves. */
  signal: AbortSignal;
}

/** Streams that tell what happens for as long as somebody reads. */
export const endlessStreams: ReadonlySet<string> = new Set(["listEvents", "listLogs"]);

/** What stands behind an event. Throws `bad_request` when the stream has none of this id. */
export function eventsAfter(events: readonly ExampleEvent[], lastEventId: string | undefined): readonly ExampleEvent[] {
  if (!lastEventId) return events;
  const at = events.findIndex(({ id }) => id === lastEventId);
  if (at === -1) throw new GatewayError("bad_request", `This stream has no event \`${lastEventId}\`. Its ids go from \`${events[0]?.id}\` to \`${events.at(-1)?.id}\`.`);
  return events.slice(at + 1);
}

/** The events one by one, as a batch each. */
export async function* playEvents(events: readonly ExampleEvent[], { pauseMs = 0, cutAfter, isEndless, signal }: PlayOptions): AsyncGenerator<readonly ExampleEvent[]> {
  for (const [index, event] of events.entries()) {
    if (index === cutAfter) await cut();
    if (index > 0 && pauseMs > 0) await sleep(pauseMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    yield [event];
  }
  if (!isEndless) return;
  if (cutAfter !== undefined && cutAfter <= events.length) await cut();
  if (!signal.aborted) await once(signal, "abort");
}

/** A stream that throws is cut. What was written is on its way by the next round. */
async function cut(): Promise<never> {
  await nextRound();
  throw new GatewayError("cancelled", "The stream was cut, as `Prefer: cut-after` asked.");
}
