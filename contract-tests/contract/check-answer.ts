import { endlessStreams } from "../streams/expected.ts";
import { createParser } from "eventsource-parser";
import { expect } from "vitest";
import { answerValidators } from "../../generated/server/answers.ts";
import { idPattern } from "./ids.ts";
import type { ReceivedEvent } from "../harness/sse.ts";
import { Answer } from "./answer.ts";
import { headersOf, operationOf, type DocumentedHeader, type OperationId } from "./operations.ts";

/** Reads an answer whole and checks all of it against the contract: the one place where tests do. */
export async function readAnswer<Id extends OperationId>(id: Id, response: Response): Promise<Answer<Id>> {
  checkHead(id, response);
  const text = await response.text();
  const mediaType = mediaTypeOf(response);
  if (mediaType === "text/event-stream") {
    const events = eventsOf(text);
    for (const event of events) checkEvent(id, event);
    if (!endlessStreams.has(id)) checkSequence(events);
    return new Answer(id, response, text, undefined, events);
  }
  if (mediaType === "") {
    expect(text, `${id} ${response.status} has a body but no media type`).toBe("");
    return new Answer(id, response, text, undefined, []);
  }
  const body: unknown = mediaType === "application/json" ? JSON.parse(text) : text;
  checkValue(`${id} ${response.status} ${mediaType}`, body);
  if (response.status >= 400) checkError(id, response, body);
  return new Answer(id, response, text, body, []);
}

/** Status, headers and media type; all there is to check before the body. */
export function checkHead(id: OperationId, response: Response): void {
  const pair = `${id} ${response.status}`;
  const headers = headersOf(id, response.status);
  if (!headers) throw new Error(`the contract has no answer ${pair}`);
  for (const header of headers) checkHeader(pair, header, response.headers.get(header.name));
  const documented = operationOf(id).answers.filter(({ status }) => status === response.status).map(({ mediaType }) => mediaType);
  expect(documented.length === 0 ? [""] : documented, `media type of ${pair}`).toContain(mediaTypeOf(response));
}

export function checkEvent(id: OperationId, { id: eventId, data }: ReceivedEvent): void {
  expect(eventId, `an event of ${id} without an id: ${JSON.stringify(data)}`).not.toBe("");
  checkValue(`${id} 200 text/event-stream`, data);
}

/** Of a stream that was read to its end: no id twice, and exactly one terminal event, the last. */
export function checkSequence(events: readonly ReceivedEvent[]): void {
  expect(new Set(events.map(({ id }) => id)).size, "an event's id came twice").toBe(events.length);
  expect(events.map(({ data }) => isTerminal(data)).indexOf(true), "the terminal event is the last").toBe(events.length - 1);
}

/** `done`, `end`, `[DONE]`, or an error in one of the faces of streams. */
export function isTerminal(data: ReceivedEvent["data"]): boolean {
  return data === "[DONE]" || ["done", "end", "error"].includes(data.type) || typeof data.error === "object";
}

function eventsOf(text: string): ReceivedEvent[] {
  const events: ReceivedEvent[] = [];
  const onEvent = ({ id, event, data }: { id?: string | undefined; event?: string | undefined; data: string }) => {
    expect(event, "events are unnamed").toBeUndefined();
    events.push({ id: id ?? "", data: data.startsWith("{") ? JSON.parse(data) : data });
  };
  createParser({ onEvent }).feed(text);
  return events;
}

function checkHeader(pair: string, { name, isRequired, schema }: DocumentedHeader, value: string | null): void {
  if (value === null) {
    expect(isRequired, `${pair} lacks the header ${name}`).toBe(false);
    return;
  }
  if (schema["type"] === "integer") expect(value, `${name} of ${pair}`).toMatch(/^\d+$/);
  if (typeof schema["pattern"] === "string") expect(value, `${name} of ${pair}`).toMatch(new RegExp(schema["pattern"]));
  if (name === "X-Request-Id") expect(value).toMatch(idPattern);
}

function checkValue(key: string, value: unknown): void {
  const validator = answerValidators[key];
  if (!validator) throw new Error(`the contract has no answer ${key}`);
  expect(validator(value), `${key}: ${JSON.stringify(validator.errors)}\n${JSON.stringify(value)}`).toBe(true);
}

/** What a schema cannot say of an error: its body agrees with its head. */
function checkError(id: OperationId, response: Response, body: unknown): void {
  if (operationOf(id).face !== "api") return;
  const { status, requestId, retryAfter } = body as { status: number; requestId: string; retryAfter?: number };
  expect(status).toBe(response.status);
  expect(requestId).toBe(response.headers.get("X-Request-Id"));
  expect(retryAfter === undefined ? null : String(retryAfter)).toBe(response.headers.get("Retry-After"));
}

function mediaTypeOf(response: Response): string {
  return (response.headers.get("Content-Type") ?? "").split(";")[0]!.trim();
}
