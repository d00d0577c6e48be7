import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exampleRequest } from "./example-request.ts";
import { startMockTarget } from "./mock-target.ts";
import { operations } from "./operations.ts";
import type { Target } from "./target.ts";

// What client developers work against before they have a server: every answer that the contract promises, each example
// fitting its schema. The server's own answers are compared with the same contract in the other files.

let mock: Target;
beforeAll(async () => {
  mock = await startMockTarget();
});
afterAll(() => mock.close());

describe.each(operations)("$id", ({ id, statuses }) => {
  test.each(statuses)("the mock can be had to answer %i", async (status) => {
    const answer = await mock.call(id, { ...exampleRequest(id), mock: { status } });
    expect(answer.status, answer.text).toBe(status);
  });
});

const streaming = operations.filter(({ answers }) => answers.some(({ mediaType }) => mediaType === "text/event-stream"));

test.each(streaming)("the mock streams $id", async ({ id }) => {
  const answer = await mock.call(id, { ...exampleRequest(id), headers: { Accept: "text/event-stream" } });
  expect(answer.data().length).toBeGreaterThan(4);
});
