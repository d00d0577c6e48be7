import { createParser } from "eventsource-parser";

export interface RawEvent {
  /** The `id:` it came with, for `Last-Event-ID`. */
  id: string | undefined;
  data: string;
}

/** The gateway sends a heartbeat every 15 s: after three that did not come the connection is dead, whatever TCP says. */
export const stalledAfterMs = 45_000;

/** The events of a stream (WHATWG HTML, 9.2) as they come. Throws when it breaks off or stalls; leaving the loop closes it. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<RawEvent, void, undefined> {
  const events: RawEvent[] = [];
  const parser = createParser({ onEvent: ({ id, data }) => events.push({ id, data }) });
  const decoder = new TextDecoder();
  // Not every browser has async iteration of a body.
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await withinTime(reader.read());
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
      yield* events.splice(0);
    }
  } finally {
    // Whoever leaves has no use for how the closing went.
    reader.cancel().catch(() => {});
  }
}

async function withinTime<T>(reading: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stalled = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing came for ${stalledAfterMs / 1000} s`)), stalledAfterMs);
  });
  try {
    return await Promise.race([reading, stalled]);
  } finally {
    clearTimeout(timer);
  }
}
