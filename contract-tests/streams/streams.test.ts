import { createParser } from "eventsource-parser";
import { describe, expect, test } from "vitest";
import { answerValidators } from "../../generated/server/answers.ts";
import { routes } from "../../generated/server/routes.ts";
import { endlessStreams, expectedStreams } from "./expected.ts";

test("every streaming operation has its expected stream", () => {
  const streaming = routes.filter(({ streams }) => streams).map(({ operationId }) => operationId);
  expect([...new Set(expectedStreams.map(({ operationId }) => operationId))].sort()).toEqual(streaming.sort());
});

describe.each(expectedStreams)("$operationId.$edition.txt", ({ operationId, text }) => {
  const frames: { id: string | undefined; event: string | undefined; data: string }[] = [];
  createParser({ onEvent: ({ id, event, data }) => frames.push({ id, event, data }) }).feed(text);

  test("holds events of the contract only", () => {
    const validator = answerValidators[`${operationId} 200 text/event-stream`];
    for (const { data } of frames) {
      const value: unknown = data.startsWith("{") ? JSON.parse(data) : data;
      expect(validator?.(value), `${data}\n${JSON.stringify(validator?.errors)}`).toBe(true);
    }
  });

  test("is unnamed events, each with an id, that end with the one terminal event if they end", () => {
    expect(frames.length).toBeGreaterThan(4);
    expect(frames.map(({ event }) => event).filter(Boolean)).toEqual([]);
    expect(new Set(frames.map(({ id }) => id)).size).toBe(frames.length);
    if (endlessStreams.has(operationId)) return;
    const terminal = frames.map(({ data }) => data === "[DONE]" || /^\{"type":"(done|end|error)"/.test(data));
    expect(terminal).toEqual(frames.map((_, index) => index === frames.length - 1));
  });

  test("is written as the server writes: `id:` and `data:` on a line each, a blank line behind them", () => {
    expect(text).toBe(frames.map(({ id, data }) => `id: ${id}\ndata: ${data}\n\n`).join(""));
  });
});
