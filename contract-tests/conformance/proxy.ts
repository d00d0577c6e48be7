import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";

export interface ProxiedRequest {
  method: string;
  /** With its query. */
  path: string;
  headers: Record<string, string>;
  body: string;
}

export interface ProxiedAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** One thing that is wrong: with what comes in, or with what goes out. */
export interface PlantedFault {
  request?: (request: ProxiedRequest) => void;
  answer?: (answer: ProxiedAnswer, request: ProxiedRequest) => void | Promise<void>;
}

/** A server in front of another that changes something on the way; answers are read whole first. WebSockets do not get through. Gone with the test. */
export async function startProxy(target: string, fault: PlantedFault): Promise<string> {
  const server = createServer((req, res) => {
    forward(target, fault, req, res).catch(() => res.destroy());
  });
  server.on("upgrade", (_, socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function forward(target: string, fault: PlantedFault, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const request: ProxiedRequest = { method: req.method ?? "", path: req.url ?? "", headers: plain(req.headers), body: await text(req) };
  fault.request?.(request);
  const hasBody = !["GET", "HEAD"].includes(request.method) && request.body !== "";
  const response = await fetch(target + request.path, { method: request.method, headers: request.headers, body: hasBody ? request.body : null });
  const answer: ProxiedAnswer = { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
  await fault.answer?.(answer, request);
  const { "content-length": _length, "transfer-encoding": _encoding, connection: _connection, ...headers } = answer.headers;
  res.writeHead(answer.status, headers).end(answer.body);
}

function plain(headers: IncomingHttpHeaders): Record<string, string> {
  const { host: _host, connection: _connection, "content-length": _length, "transfer-encoding": _encoding, ...rest } = headers;
  return rest as Record<string, string>;
}
