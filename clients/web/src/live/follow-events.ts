import { OpenClawError } from "../../../typescript/sdk/src/index.ts";
import { sleep } from "../../../typescript/core/sleep.ts";
import type { Gateway } from "../gateway.ts";
import { readSocket } from "./read-socket.ts";
import { readStream } from "./read-stream.ts";
import type { GatewayEvent } from "./events.ts";

/** `live`: events come as they happen. `away`: the connection is lost, and tried again. */
export type LiveState = "connecting" | "live" | "away";

export interface Follower {
  onEvent: (event: GatewayEvent) => void;
  onState: (state: LiveState) => void;
}

/** One way to hear of events, behind one or from now on, until it breaks off or the signal aborts. `onOpen` is called once events come, with the one that they come behind where that is known. */
export type Way = (gateway: Gateway, options: { after: string | undefined; onOpen: (behind: string | undefined) => void; onEvent: (event: GatewayEvent) => void; signal: AbortSignal }) => Promise<void>;

const firstWaitMs = 500;
const longestWaitMs = 15_000;

/**
 * Hears what happens, over a WebSocket, or where none can be had as Server-Sent Events. What breaks off is taken up behind
 * the last event, so that none is lost or comes twice. Ends when the signal aborts; throws the OpenClawError of a refusal
 * that waiting does not change.
 */
export async function followEvents(gateway: Gateway, { onEvent, onState }: Follower, signal: AbortSignal): Promise<void> {
  let after: string | undefined;
  let way: Way = readSocket;
  let waitMs = firstWaitMs;
  while (!signal.aborted) {
    let wasOpen = false;
    let askedMs = 0;
    try {
      await way(gateway, {
        after,
        signal,
        onOpen(behind) {
          wasOpen = true;
          after = behind ?? after;
          waitMs = firstWaitMs;
          onState("live");
        },
        onEvent(event) {
          after = event.id;
          onEvent(event);
        },
      });
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof OpenClawError)) throw error;
      // Of another database: there is nothing to go on behind.
      if (error.status === 400 && after !== undefined) after = undefined;
      else if (error.status !== 0 && error.status !== 429 && error.status < 500) throw error;
      askedMs = (error.retryAfter ?? 0) * 1000;
    }
    if (signal.aborted) return;
    onState("away");
    // A way that did not even begin: the other one. It also tells why, where a socket cannot.
    const next: Way = wasOpen || way === readStream ? readSocket : readStream;
    if (wasOpen || next === readSocket) {
      await sleep(Math.max(waitMs, askedMs), signal).catch(() => {});
      waitMs = Math.min(waitMs * 2, longestWaitMs);
    }
    way = next;
  }
}
