import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { answerFaults } from "./answer-faults.ts";
import { createCaller } from "./caller.ts";

test.each([
  ["\n", "text/event-stream"],
  ["\r\n", "text/event-stream;charset=UTF-8"],
  ["\r", "Text/Event-Stream"],
])("a stream without an end is read with lines that end in %j, as %s", async (end, mediaType) => {
  const server = createServer((_, res) => {
    const event = { id: "evt_00000000_000000000001", event: "run.finished", timestamp: "2026-11-21T20:00:00.000Z", data: {} };
    res.writeHead(200, { "Content-Type": mediaType, "X-Request-Id": "req_1" }).write([": hello", "", `id: ${event.id}`, `data: ${JSON.stringify(event)}`, "", ""].join(end));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const call = createCaller({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: "x", timeoutMs: 5000 });
  const exchange = await call("listEvents");
  expect(exchange).toMatchObject({ mediaType: "text/event-stream", text: expect.stringMatching(/^: hello\n\nid: .*\ndata: .*\n\n$/) });
  expect(answerFaults(exchange).filter(({ rule }) => rule === "framing")).toEqual([]);
});
