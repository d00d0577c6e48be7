import { createParser } from "eventsource-parser";
import type { ReceivedEvent } from "./answer-faults.ts";
import type { Fault } from "./rules.ts";

/** The events of a stream's text, whose lines end in `\n`; comments, such as heartbeats, are passed over. */
export function parseEvents(text: string): { events: ReceivedEvent[]; faults: Fault[] } {
  const events: ReceivedEvent[] = [];
  const faults: Fault[] = [];
  const framing = (expected: string, got: string) => faults.push({ rule: "framing", expected, got });
  createParser({
    onEvent({ id, event, data }) {
      if (event !== undefined) framing("events without a name", `event: ${event}`);
      if (id === undefined) framing("an id with each event", `data: ${data.slice(0, 200)}`);
      events.push({ id: id ?? "", data: parsed(data) });
    },
    onError: ({ message, line }) => framing("fields of Server-Sent Events", line ?? message),
  }).feed(text);
  if (text !== "" && !text.endsWith("\n\n")) framing("an empty line behind the last event", text.slice(-100));
  return { events, faults };

  function parsed(data: string): ReceivedEvent["data"] {
    if (data === "[DONE]") return data;
    try {
      return JSON.parse(data) as ReceivedEvent["data"];
    } catch {
      framing("JSON or [DONE] as data", data.slice(0, 200));
      return data;
    }
  }
}

/** Of a stream that was read to its end: that its ids grow, that it has one terminal event, the last, and, where it has one, that it began with its event `start`. */
export function sequenceFaults(events: readonly ReceivedEvent[], { hasStart }: { hasStart: boolean }): Fault[] {
  const terminal = events.map(({ data }) => isTerminal(data));
  const types = events.map(({ data }) => typeOf(data));
  const order = (expected: string): Fault => ({ rule: "event-order", expected, got: types.join(", ") || "no event" });
  const faults: Fault[] = [...idFaults(events)];
  if (terminal.indexOf(true) !== events.length - 1 || events.length === 0) faults.push(order("one terminal event, the last"));
  // A run that could not begin has but an error.
  if (hasStart && events.length > 0 && !["start", "error"].includes(types[0]!)) faults.push(order("`start` as the first event"));
  if (types.lastIndexOf("start") > 0) faults.push(order("`start` as the first event alone"));
  return faults;
}

/** OpenAI's chunks have no type. */
function typeOf(data: ReceivedEvent["data"]): string {
  return typeof data === "string" ? data : (data.type ?? (typeof data["object"] === "string" ? data["object"] : "error"));
}

/** `done`, `end`, `[DONE]`, or an error in one of the faces of streams. */
export function isTerminal(data: ReceivedEvent["data"]): boolean {
  return typeof data === "string" ? data === "[DONE]" : ["done", "end", "error"].includes(data.type ?? "") || typeof data.error === "object";
}

/** Each id is behind the one before; parts of an event come before its end: `run_1:2`, `run_1:10.1`, `run_1:10`, `run_1:11`. */
function idFaults(events: readonly ReceivedEvent[]): Fault[] {
  for (const [index, { id }] of events.entries()) {
    const before = events[index - 1]?.id;
    if (before === undefined || id === "" || inOrder.compare(placeOf(before), placeOf(id)) < 0) continue;
    return [{ rule: "event-ids", expected: `an id behind ${before}`, got: id }];
  }
  return [];
}

const placeOf = (id: string) => (/\.\d+$/.test(id) ? id : `${id}.${Number.MAX_SAFE_INTEGER}`);

const inOrder = new Intl.Collator("en", { numeric: true });
