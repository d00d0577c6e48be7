import { describe, expect, test } from "vitest";
import { parseEvents, sequenceFaults } from "./events.ts";

describe("parseEvents", () => {
  test("heartbeats and other comments are passed over", () => {
    expect(parseEvents(': beat\n\nid: r:1\ndata: {"type":"start"}\n\n: beat\n\nid: r:2\ndata: [DONE]\n\n')).toEqual({
      events: [{ id: "r:1", data: { type: "start" } }, { id: "r:2", data: "[DONE]" }],
      faults: [],
    });
  });

  test.each([
    ["a name", "event: x\nid: r:1\ndata: {}\n\n", "events without a name"],
    ["no id", "data: {}\n\n", "an id with each event"],
    ["no JSON", "id: r:1\ndata: {\n\n", "JSON or [DONE] as data"],
    ["an unknown field", "id: r:1\ndate: x\ndata: {}\n\n", "fields of Server-Sent Events"],
    ["no end", "id: r:1\ndata: {}\n\nid: r:2\ndata: {}\n", "an empty line behind the last event"],
  ])("%s is a fault", (_, text, expected) => {
    expect(parseEvents(text).faults).toEqual([expect.objectContaining({ rule: "framing", expected })]);
  });
});

describe("sequenceFaults", () => {
  const rulesOf = (ids: string[], types: string[], hasStart = true) => sequenceFaults(ids.map((id, index) => ({ id, data: { type: types[index] ?? "text" } })), { hasStart }).map(({ rule }) => rule);

  test("ids grow as numbers do, and parts of an event come before its end", () => {
    expect(rulesOf(["r:2", "r:9", "r:10.1", "r:10.2", "r:10", "r:11"], ["start", "text", "text", "text", "text", "end"])).toEqual([]);
    expect(rulesOf(["r:1", "r:10", "r:9"], ["start", "text", "end"])).toEqual(["event-ids"]);
    expect(rulesOf(["r:1", "r:2", "r:2"], ["start", "text", "end"])).toEqual(["event-ids"]);
  });

  test("one terminal event, the last; and `start` as the first alone", () => {
    expect(rulesOf(["r:1", "r:2"], ["start", "text"])).toEqual(["event-order"]);
    expect(rulesOf(["r:1", "r:2", "r:3"], ["start", "end", "end"])).toEqual(["event-order"]);
    expect(rulesOf(["r:1", "r:2"], ["text", "end"])).toEqual(["event-order"]);
    expect(rulesOf(["r:1", "r:2"], ["text", "end"], false)).toEqual([]);
    expect(rulesOf(["r:1", "r:2", "r:3"], ["start", "start", "end"])).toEqual(["event-order"]);
    expect(rulesOf(["r:1"], ["error"])).toEqual([]);
    expect(rulesOf([], [])).toEqual(["event-order"]);
  });
});
