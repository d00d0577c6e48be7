import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { completion, streamWrites } from "./completions.ts";

/**
 * A process: an upstream that speaks OpenAI's Chat Completions and takes no time to think. It is plain `node:http`,
 * since whatever it spends is taken from the two servers that are measured. A stream is written chunk by chunk, one
 * turn of the event loop each; written in one go, Node would join them and no proxy would ever see a single event.
 */
const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
  answer(request, response).catch((error: unknown) => {
    console.error(error);
    response.destroy();
  });
});

let requests = 0;
let bytes = 0;

server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});
// The harness asks how much was asked of us; when the harness is gone, nobody needs us.
process.on("message", () => process.send?.({ requests, bytes }));
process.on("disconnect", () => process.exit());

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === "GET" && request.url === "/v1/models") {
    sendJson(response, JSON.stringify({ object: "list", data: ["mock-model", "idle"].map((id) => ({ id, object: "model" })) }));
    return;
  }
  const body = await text(request);
  if (request.method !== "POST" || request.url !== "/v1/chat/completions") {
    response.writeHead(404).end();
    return;
  }
  requests++;
  bytes += body.length;
  const asked = JSON.parse(body) as { model: string; stream?: boolean };
  if (asked.stream !== true) {
    sendJson(response, completion);
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" });
  if (asked.model === "idle") response.write(streamWrites[0]);
  else writeStream(response);
}

function sendJson(response: ServerResponse, body: string): void {
  response.writeHead(200, { "content-type": "application/json", "content-length": body.length }).end(body);
}

function writeStream(response: ServerResponse): void {
  let written = 0;
  const next = (): void => {
    if (response.destroyed) return;
    const chunk = streamWrites[written++];
    if (chunk === undefined) response.end();
    else if (response.write(chunk)) setImmediate(next);
    else response.once("drain", next);
  };
  next();
}
