import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { createBoundedFetch } from "./bounded-fetch.ts";

async function read(contentType: string, chunks: readonly string[]): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "Content-Type": contentType });
    for (const chunk of chunks) response.write(chunk);
    response.end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    return await (await createBoundedFetch(100)(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)).text();
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test("an answer is read up to the bound", async () => {
  expect(await read("application/json", ["x".repeat(60), "y".repeat(40)])).toHaveLength(100);
  await expect(read("application/json", ["x".repeat(60), "y".repeat(41)])).rejects.toThrow("more than 100 bytes");
});

test.each(["\n", "\r\n"])("a stream may be longer, its events (lines end in %j) may not", async (end) => {
  const event = `data: ${"x".repeat(60)}${end}${end}`;
  expect(await read("text/event-stream; charset=utf-8", Array.from({ length: 10 }, () => event))).toBe(event.repeat(10));
  expect(await read("text/event-stream", event.repeat(5).split(""))).toBe(event.repeat(5));
  await expect(read("text/event-stream", [event, `data: ${"x".repeat(60)}${end}data: ${"x".repeat(60)}${end}${end}`])).rejects.toThrow("more than 100 bytes");
});
