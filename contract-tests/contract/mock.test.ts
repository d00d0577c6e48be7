import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exampleRequest } from "./example-request.ts";
import { startMockTarget } from "./mock-target.ts";
import { operations, type OperationId } from "./operations.ts";
import { startOwnMockTarget } from "./own-mock-target.ts";
import type { CallRequest, Target } from "./target.ts";

// What client developers work against before they have a server: every answer that the contract promises, each example
// fitting its schema, from Prism and from `openclaw mock`. The server's own answers are compared with the same contract in
// the other files.

const streaming = operations.filter(({ answers }) => answers.some(({ mediaType }) => mediaType === "text/event-stream"));

/** Those whose body says whether it wants a stream; others have it in `Accept`. */
const sayInBody: ReadonlySet<OperationId> = new Set(["chat", "createChatCompletion"] as const);

describe.each([
  { name: "Prism", start: startMockTarget },
  { name: "openclaw mock", start: startOwnMockTarget },
])("$name", ({ start }) => {
  let mock: Target;
  beforeAll(async () => {
    mock = await start();
  });
  afterAll(() => mock.close());

  describe.each(operations)("$id", ({ id, statuses }) => {
    test.each(statuses)("can be had to answer %i", async (status) => {
      const answer = await mock.call(id, { ...exampleRequest(id), mock: { status } });
      expect(answer.status, answer.text).toBe(status);
    });
  });

  test.each(streaming)("streams $id", async ({ id }) => {
    const request: CallRequest = { ...exampleRequest(id), headers: { Accept: "text/event-stream" } };
    if (sayInBody.has(id)) request.json = { ...(request.json as object), stream: true };
    const stream = await mock.open(id, request);
    for (let events = 0; events < 5; events++) expect(await stream.next()).toBeDefined();
    await stream.leave();
  });
});
