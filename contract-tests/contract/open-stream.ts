import { isTerminal } from "../../server/conformance/events.ts";
import { readEvents, type ReceivedEvent } from "../harness/sse.ts";
import { checkEvent, checkHead, checkSequence } from "./check-answer.ts";
import type { OperationId } from "./operations.ts";

/** A stream that is being read, its events checked as they come. */
export interface OpenStream {
  readonly status: number;
  readonly headers: Headers;
  /** The next event; undefined once the stream has ended. */
  next(): Promise<ReceivedEvent | undefined>;
  /** All that is still to come. */
  rest(): Promise<ReceivedEvent[]>;
  /** Closes the connection. */
  leave(): Promise<void>;
}

export function openStream(id: OperationId, response: Response): OpenStream {
  checkHead(id, response);
  const events = readEvents(response);
  const received: ReceivedEvent[] = [];

  async function next(): Promise<ReceivedEvent | undefined> {
    const { value } = await events.next();
    if (value) {
      checkEvent(id, value);
      received.push(value);
    } else if (received.some(({ data }) => isTerminal(data))) checkSequence(received);
    return value ?? undefined;
  }

  return {
    status: response.status,
    headers: response.headers,
    next,
    async rest() {
      const all: ReceivedEvent[] = [];
      for (let event = await next(); event; event = await next()) all.push(event);
      return all;
    },
    async leave() {
      await events.return(undefined);
    },
  };
}
