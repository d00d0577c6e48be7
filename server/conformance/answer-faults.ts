import { answerValidators } from "../../generated/server/answers.ts";
import { isLegalId } from "../ids.ts";
import { endlessStreams } from "../mock/events.ts";
import { faultsOf } from "../schema-faults.ts";
import { operationOf, type DocumentedHeader, type OperationId } from "./contract.ts";
import { parseEvents, sequenceFaults } from "./events.ts";
import { mediaTypeOf, type Exchange, type Sent } from "./exchange.ts";
import type { Fault, Rule } from "./rules.ts";

export interface ReceivedEvent {
  id: string;
  /** Parsed, or the text itself where it is not JSON (`[DONE]`). */
  data: string | { type?: string; [member: string]: unknown };
}

/** What of an answer is not as the contract has it, whatever was asked: status, headers, media type, body, and each event. */
export function answerFaults(exchange: Exchange): Fault[] {
  const head = headFaults(exchange.operationId, exchange.status, exchange.headers);
  if (head.some(({ rule }) => rule === "status" || rule === "media-type")) return head;
  return [...head, ...(exchange.sent.method === "HEAD" ? [] : bodyFaults(exchange))];
}

/** Status, headers and media type: all there is to see before the body. */
export function headFaults(id: OperationId, status: number, headers: Headers): Fault[] {
  const { answers } = operationOf(id);
  const answer = answers.find((documented) => documented.status === status);
  if (!answer) return [{ rule: "status", expected: `one of ${answers.map((documented) => documented.status).join(", ")}`, got: String(status) }];
  const faults = answer.headers.flatMap((header) => headerFaults(header, headers.get(header.name)));
  const mediaType = mediaTypeOf(headers);
  const wanted = answer.mediaTypes.length === 0 ? [""] : answer.mediaTypes;
  if (!wanted.includes(mediaType)) faults.push({ rule: "media-type", expected: wanted.join(" or ") || "no body", got: mediaType || "none" });
  return faults;
}

function headerFaults({ name, required, schema }: DocumentedHeader, value: string | null): Fault[] {
  const fault = (expected: string, got: string): Fault[] => [{ rule: "headers", expected, got }];
  if (value === null) return required ? fault(`the header ${name}`, "none") : [];
  if (schema.type === "integer" && !/^\d+$/.test(value)) return fault(`a whole number in ${name}`, value);
  if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(value)) return fault(`${name} like ${schema.pattern}`, value);
  if (schema.enum && !schema.enum.includes(value)) return fault(`${name}: ${schema.enum.join(" or ")}`, value);
  if (name === "X-Request-Id" && !isLegalId(value)) return fault("an id in X-Request-Id", value);
  return [];
}

function bodyFaults({ operationId: id, sent, status, headers, mediaType, text }: Exchange): Fault[] {
  if (mediaType === "") return text === "" ? [] : [{ rule: "media-type", expected: "no body", got: text.slice(0, 200) }];
  if (mediaType === "text/event-stream") return streamFaults(id, status, text, isTakenUp(sent));
  const isJson = mediaType === "application/json";
  const body = isJson ? parsed(text) : text;
  if (body === undefined) return [{ rule: "schema", expected: "JSON", got: text.slice(0, 200) }];
  const isError = status >= 400;
  const faults = valueFaults(id, status, mediaType, body, isError ? "error-face" : "schema");
  return isError && faults.length === 0 ? errorFaults(id, status, headers, body) : faults;
}

/** Whether a stream was asked for behind one of its events. */
function isTakenUp({ url, headers }: Sent): boolean {
  return "Last-Event-ID" in headers || new URL(url).searchParams.has("after");
}

function streamFaults(id: OperationId, status: number, text: string, goesOn: boolean): Fault[] {
  const { events, faults } = parseEvents(text);
  return [...faults, ...events.flatMap(({ data }) => eventFaults(id, status, data)), ...(endlessStreams.has(id) ? idsOnce(events) : sequenceFaults(events, { hasStart: operationOf(id).hasStart && !goesOn }))];
}

/** Of a stream without an end the ids are of an order that its operation alone knows. */
function idsOnce(events: readonly ReceivedEvent[]): Fault[] {
  const double = events.find(({ id }, index) => events.findIndex((other) => other.id === id) !== index);
  return double ? [{ rule: "event-ids", expected: "no id twice", got: double.id }] : [];
}

export function eventFaults(id: OperationId, status: number, data: ReceivedEvent["data"]): Fault[] {
  return valueFaults(id, status, "text/event-stream", data, "event-schema");
}

function valueFaults(id: OperationId, status: number, mediaType: string, value: unknown, rule: Rule): Fault[] {
  const validator = answerValidators[`${id} ${status} ${mediaType}`];
  if (!validator || validator(value)) return [];
  return faultsOf(validator.errors ?? []).slice(0, 5).map(({ path, message }) => ({ rule, expected: `${path || "the body"} ${message}`, got: shownAt(path, value) }));
}

/** What is at a place; where nothing is, what it is missing from. */
function shownAt(path: string, value: unknown): string {
  let found = value;
  for (const token of path.split("/").slice(1)) {
    const next = (found as Record<string, unknown> | null)?.[token.replaceAll("~1", "/").replaceAll("~0", "~")];
    if (next === undefined) break;
    found = next;
  }
  return JSON.stringify(found).slice(0, 500);
}

/** What a schema cannot say of an error: its body agrees with its head. */
function errorFaults(id: OperationId, status: number, headers: Headers, body: unknown): Fault[] {
  if (operationOf(id).face !== "api") return [];
  const said = body as { status: number; requestId: string; retryAfter?: number };
  const pairs: [string, string | null, string | null][] = [
    ["status", String(status), String(said.status)],
    // That the header is missing has been said.
    ["requestId as in X-Request-Id", headers.get("X-Request-Id") ?? said.requestId, said.requestId],
    ["retryAfter as in Retry-After", headers.get("Retry-After"), said.retryAfter === undefined ? null : String(said.retryAfter)],
  ];
  return pairs.filter(([, head, inBody]) => head !== inBody).map(([what, head, inBody]) => ({ rule: "error-head", expected: `${what}: ${head}`, got: String(inBody) }));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
