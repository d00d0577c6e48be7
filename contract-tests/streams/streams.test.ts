import { describe, expect, test } from "vitest";
import { routes } from "../../generated/server/routes.ts";
import { eventFaults } from "../../server/conformance/answer-faults.ts";
import type { OperationId } from "../../server/conformance/contract.ts";
import { parseEvents, sequenceFaults } from "../../server/conformance/events.ts";
import { endlessStreams, expectedStreams } from "./expected.ts";

test("every streaming operation has its expected stream", () => {
  const streaming = routes.filter(({ streams }) => streams).map(({ operationId }) => operationId);
  expect([...new Set(expectedStreams.map(({ operationId }) => operationId))].sort()).toEqual(streaming.sort());
});

describe.each(expectedStreams)("$operationId.$edition.txt", ({ operationId, text }) => {
  const { events, faults } = parseEvents(text);

  test("holds events of the contract only", () => {
    expect(events.flatMap(({ data }) => eventFaults(operationId as OperationId, 200, data))).toEqual([]);
  });

  test("is unnamed events, each with an id, that end with the one terminal event if they end", () => {
    expect(events.length).toBeGreaterThan(4);
    expect(faults).toEqual([]);
    expect(endlessStreams.has(operationId) ? [] : sequenceFaults(events, { hasStart: false })).toEqual([]);
  });

  test("is written as the server writes: `id:` and `data:` on a line each, a blank line behind them", () => {
    expect(text).toBe(events.map(({ id, data }) => `id: ${id}\ndata: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`).join(""));
  });
});
