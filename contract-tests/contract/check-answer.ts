import { expect } from "vitest";
import { answerFaults, eventFaults, headFaults } from "../../server/conformance/answer-faults.ts";
import { parseEvents, sequenceFaults } from "../../server/conformance/events.ts";
import { mediaTypeOf } from "../../server/conformance/exchange.ts";
import type { ReceivedEvent } from "../harness/sse.ts";
import { Answer } from "./answer.ts";
import { operationOf, type OperationId } from "./operations.ts";
import type { CallRequest } from "./target.ts";

/** Reads an answer whole and checks all of it against the contract, by the rules of `openclaw conformance`. */
export async function readAnswer<Id extends OperationId>(id: Id, response: Response, { headers = {} }: CallRequest = {}): Promise<Answer<Id>> {
  const text = await response.text();
  const mediaType = mediaTypeOf(response.headers);
  const sent = { method: operationOf(id).method, url: response.url, headers };
  const faults = answerFaults({ operationId: id, sent, status: response.status, headers: response.headers, mediaType, text });
  expect(faults, `${id} ${response.status}: ${text.slice(0, 2000)}`).toEqual([]);
  const events = mediaType === "text/event-stream" ? (parseEvents(text).events as ReceivedEvent[]) : [];
  return new Answer(id, response, text, mediaType === "application/json" ? JSON.parse(text) : text, events);
}

/** Status, headers and media type; all there is to check before the body. */
export function checkHead(id: OperationId, { status, headers }: Response): void {
  expect(headFaults(id, status, headers), `${id} ${status}`).toEqual([]);
}

export function checkEvent(id: OperationId, { id: eventId, data }: ReceivedEvent): void {
  expect(eventId, `an event of ${id} without an id: ${JSON.stringify(data)}`).not.toBe("");
  expect(eventFaults(id, 200, data), JSON.stringify(data)).toEqual([]);
}

/** Of a stream that was read to its end. */
export function checkSequence(events: readonly ReceivedEvent[]): void {
  expect(sequenceFaults(events, { hasStart: false })).toEqual([]);
}
