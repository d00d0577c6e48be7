import { createServer, STATUS_CODES, type RequestListener, type Server, type ServerOptions, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { GatewayError } from "../errors.ts";
import { newId } from "../ids.ts";
import { errorBody, faceOfPath } from "./error-faces.ts";
import { securityHeaders } from "./perimeter/security-headers.ts";
import { isHandshake, serveUpgrades } from "./upgrades.ts";

export interface Listener {
  server: Server;
  /** From now on requests are handled by this. Before, whoever asks is told that the gateway is starting. */
  serve(listener: RequestListener): void;
}

/** How long a request may take to arrive, its headers and all of it; and a connection to send its next one. */
export type ListenerTimes = Pick<ServerOptions, "headersTimeout" | "requestTimeout" | "keepAliveTimeout" | "connectionsCheckingInterval">;

const usualTimes: ListenerTimes = { headersTimeout: 70_000, requestTimeout: 120_000, keepAliveTimeout: 65_000 };

/** The HTTP server, which is not listening yet, and its answers to what no route can get: all in the contract's faces. */
export function createListener(times: ListenerTimes = usualTimes): Listener {
  let handle: RequestListener = answerStarting;
  const server = createServer({ requireHostHeader: false, shouldUpgradeCallback: isHandshake, ...times }, (request, response) => handle(request, response));
  server.on("upgrade", serveUpgrades((request, response) => handle(request, response)));
  server.on("clientError", answerUnreadable);
  // `Expect: 100-continue` is Node's to answer; of any other expectation the contract knows nothing.
  server.on("checkExpectation", (request, response) => handle(request, response));
  return { server, serve: (listener) => void (handle = listener) };
}

/** It is alive, and that is all. */
const answerStarting: RequestListener = (request, response) => {
  const requestId = newId("req");
  const headers = { ...securityHeaders, "Content-Type": "application/json; charset=utf-8", "X-Request-Id": requestId, Connection: "close" };
  const [path = "/"] = (request.url ?? "/").split("?", 1);
  if (path === "/livez") {
    response.writeHead(200, headers).end('{"status":"ok"}');
    return;
  }
  const error = new GatewayError("service_unavailable", "The gateway is starting. Please come back in a moment.", { retryAfterSeconds: 1 });
  response.writeHead(503, { ...headers, "Retry-After": "1" }).end(JSON.stringify(errorBody(faceOfPath(path), error, requestId, path)));
};

/** What cannot even be read as HTTP. */
function answerUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  // Node's own name for the answer under way; into one that has begun nothing can be said.
  const { _httpMessage: underWay } = socket as Duplex & { _httpMessage?: ServerResponse | null };
  if (error.code === "ECONNRESET" || !socket.writable || underWay?.headersSent === true) {
    socket.destroy();
    return;
  }
  const isTooLarge = error.code === "HPE_HEADER_OVERFLOW";
  const refusal = isTooLarge
    ? new GatewayError("payload_too_large", "The headers of the request are larger than 16 KB.", { cause: error })
    : error.code === "ERR_HTTP_REQUEST_TIMEOUT"
      ? new GatewayError("timeout", "The request did not arrive in time.", { cause: error })
      : new GatewayError("bad_request", "This is not HTTP/1.1 that can be read.", { cause: error });
  const requestId = newId("req");
  // RFC 6585 has a status of its own for headers.
  const status = isTooLarge ? 431 : refusal.status;
  const body = JSON.stringify({ ...errorBody("api", refusal, requestId, ""), status });
  const headers = { ...securityHeaders, "Content-Type": "application/json; charset=utf-8", "Content-Length": Buffer.byteLength(body), "X-Request-Id": requestId, Connection: "close" };
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}
