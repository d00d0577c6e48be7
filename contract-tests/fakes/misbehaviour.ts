import { setTimeout as sleep } from "node:timers/promises";
import type { Sentinel } from "./sentinels.ts";
import type { Exchange } from "./upstream-server.ts";

/** How a protocol writes down what the sentinels ask for. */
export interface Protocol {
  error(status: number, message: string): unknown;
}

/** Plays the sentinels that spoil an answer before its first byte. Answers true when the exchange is dealt with. */
export function misbehave(exchange: Exchange, sentinel: Sentinel | undefined, streaming: boolean, protocol: Protocol): boolean {
  if (sentinel === undefined) return false;
  const { name, count } = sentinel;
  if (/^[345]\d\d$/.test(name)) {
    const status = Number(name);
    const headers: Record<string, string> = count === undefined ? {} : { "retry-after": String(count) };
    exchange.json(status, protocol.error(status, `The fake provider was told to answer ${name}${status === 404 ? " for this model" : ""}.`), headers);
    return true;
  }
  switch (name) {
    case "hang":
      return true;
    case "reset":
      exchange.destroy();
      return true;
    case "html":
      exchange.raw(200, "text/html", "<html><body>A captive portal</body></html>");
      return true;
    case "garbage":
      if (streaming) exchange.raw(200, "text/event-stream", "data: {this is not json\n\n");
      else exchange.raw(200, "application/json", "{this is not json");
      return true;
    case "wrong-shape":
      if (streaming) exchange.raw(200, "text/event-stream", 'data: {"hello":"world"}\n\ndata: 7\n\n');
      else exchange.json(200, { hello: "world" });
      return true;
    default:
      return false;
  }
}

/**
 * Streams the frames of an answer, bent by the sentinel: `slow` waits between them, `hang-mid` stops after the first
 * `middle` of them, `close-mid` cuts the connection there, `error-mid` sends the protocol's error frame instead of the
 * rest, `endless` repeats the last of them (which must be a piece of text) until the client has gone.
 */
export async function streamFrames(
  exchange: Exchange,
  sentinel: Sentinel | undefined,
  frames: readonly string[],
  middle: number,
  errorFrame: string,
): Promise<void> {
  const name = sentinel?.name;
  const out = exchange.stream();
  if (name === "hang-mid" || name === "close-mid" || name === "error-mid" || name === "endless") {
    for (const frame of frames.slice(0, middle)) await out.write(frame);
    if (name === "endless") {
      const frame = frames[middle - 1] ?? "";
      while (await out.write(frame));
    }
    if (name === "close-mid") {
      // The frames must have left before the cut, or the client would see a reset before its first byte.
      await sleep(20);
      exchange.destroy();
    }
    if (name === "error-mid") {
      await out.write(errorFrame);
      out.end();
    }
    return;
  }
  if (name === "slow") {
    for (const frame of frames) {
      if (!(await out.write(frame))) return;
      await sleep(20);
    }
  } else {
    // In batches of about a socket's buffer: as fast as a provider can be, for measurements.
    let batch = "";
    for (const frame of frames) {
      batch += frame;
      if (batch.length < 16_384) continue;
      if (!(await out.write(batch))) return;
      batch = "";
    }
    if (batch !== "") await out.write(batch);
  }
  out.end();
}
