import type { RequestListener } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { createListener } from "./listener.ts";
import { readBody } from "./read-body.ts";

/** A connection to a gateway that does not wait for long. */
async function connectTo(answer: RequestListener): Promise<Socket> {
  const { server, serve } = createListener({ headersTimeout: 50, requestTimeout: 100, connectionsCheckingInterval: 10 });
  serve(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return connect((server.address() as AddressInfo).port, "127.0.0.1");
}

/** Sends the beginning of a request, and waits for the end of the connection. */
async function sendBeginning(beginning: string): Promise<string> {
  const socket = await connectTo((request, response) => void readBody(request, 1000, ["application/json"]).then(() => response.end("read"), () => response.end("not read")));
  socket.write(beginning);
  return text(socket);
}

test.each([
  ["headers", "POST /api/v1/chat HTTP/1.1\r\nHost: localhost\r\n"],
  ["a body", 'POST /api/v1/chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"message":'],
  ["a body of chunks", 'POST /api/v1/chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"mes\r\n'],
])("408: %s whose end does not come, and the connection is closed", async (_name, beginning) => {
  const [head = "", body = ""] = (await sendBeginning(beginning)).split("\r\n\r\n");
  expect(head).toMatch(/^HTTP\/1\.1 408 [^]*\r\nConnection: close$/);
  expect(JSON.parse(body)).toMatchObject({ error: "timeout", status: 408 });
});

test("what has arrived is answered", async () => {
  const answer = await sendBeginning("POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
  expect(answer).toMatch(/^HTTP\/1\.1 200 [^]*read/);
});

test("garbage behind a request cuts off the answer that is under way, and is not answered into it", async () => {
  const socket = await connectTo((_request, response) => response.write("data: 1\n\n"));
  socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  let answer = "";
  socket.setEncoding("utf8").on("data", (bytes: string) => {
    if (answer === "") socket.write("GARBAGE\r\n\r\n");
    answer += bytes;
  });
  await new Promise((resolve) => socket.on("error", () => {}).once("close", resolve));
  expect(answer).toMatch(/^HTTP\/1\.1 200 [^]*data: 1/);
  expect(answer).not.toContain("400");
});
