import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { EventStream } from "../../generated/server/handlers.ts";

/** A connection that takes nothing for this long is gone, whatever TCP says. */
const stalledReaderTimeoutMs = 60_000;

const heartbeatIntervalMs = 15_000;

export const streamHeaders = {
  "Content-Type": "text/event-stream; charset=utf-8",
  // A proxy must neither keep, change (`no-transform`: compress) nor hold back a stream.
  "Cache-Control": "no-cache, no-store, no-transform",
  "X-Accel-Buffering": "no",
} as const;

/**
 * Writes a stream of events (WHATWG HTML, 9.2): each with its id, one write a batch, a comment as a heartbeat while
 * nothing happens. A reader that is slow is waited for, so that what it does not take piles up nowhere; one that takes
 * nothing for a minute is cut off. Ends when the events end, or the connection does.
 */
export async function writeEvents(response: ServerResponse, events: EventStream<unknown>, check?: (data: unknown) => void): Promise<void> {
  response.flushHeaders();
  const heartbeat = setInterval(() => {
    if (!response.writableNeedDrain) response.write(": heartbeat\n\n");
  }, heartbeatIntervalMs);
  try {
    for await (const batch of events) {
      let text = "";
      for (const { id, data } of batch) {
        check?.(data);
        // A text is sent as it is: OpenAI's `[DONE]`.
        text += `id: ${id}\ndata: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
      }
      if (response.destroyed) return;
      if (!response.write(text)) await drained(response);
      heartbeat.refresh();
    }
    response.end();
  } finally {
    clearInterval(heartbeat);
  }
}

async function drained(response: ServerResponse): Promise<void> {
  if (response.destroyed) return;
  const done = new AbortController();
  const timer = setTimeout(() => response.destroy(), stalledReaderTimeoutMs);
  try {
    await Promise.race([once(response, "drain", { signal: done.signal }), once(response, "close", { signal: done.signal })]);
  } finally {
    clearTimeout(timer);
    done.abort();
  }
}
