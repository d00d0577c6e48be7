import { createServer, STATUS_CODES, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { newId } from "./ids.ts";
import { composeGateway, type ComposeOptions, type Gateway } from "./compose.ts";
import { GatewayError } from "./errors.ts";
import { errorBody, faceOfPath } from "./http/error-faces.ts";
import type { Settings } from "./settings/settings.ts";

export interface RunningGateway {
  /** Where it listens, such as `http://127.0.0.1:18789`. */
  url: string;
  gateway: Gateway;
  /** Answers 503 to what is new, lets running turns end for up to `drainTimeoutMs`, then closes. Idempotent. */
  stop(drainTimeoutMs?: number): Promise<void>;
}

const defaultDrainTimeoutMs = 30_000;

/** Listens, composes the gateway, and serves. While it composes, whoever asks is told that it starts. */
export async function startGateway(settings: Settings, options: ComposeOptions): Promise<RunningGateway> {
  let serve: RequestListener = answerStarting;
  const server = createServer({ requireHostHeader: false, keepAliveTimeout: 65_000, headersTimeout: 70_000, requestTimeout: 120_000 }, (request, response) => serve(request, response));
  server.on("clientError", answerUnreadable);
  // `Expect: 100-continue` is Node's to answer; of any other expectation the contract knows nothing.
  server.on("checkExpectation", (request, response) => serve(request, response));
  await listen(server, settings.http.host, settings.http.port);
  let gateway: Gateway;
  try {
    gateway = await composeGateway(settings, options);
  } catch (error) {
    server.closeAllConnections();
    server.close();
    throw error;
  }
  const answer = gateway.app.callback();
  serve = (request, response) => void answer(request, response);
  gateway.health.setLifecycle("ready");

  let stopping: Promise<void> | undefined;
  async function stop(drainTimeoutMs: number): Promise<void> {
    gateway.health.setLifecycle("draining");
    await gateway.drain(drainTimeoutMs);
    const closed = new Promise((resolve) => server.close(resolve));
    // Answers that are being written have a moment to get out; then whatever is left is cut.
    server.closeIdleConnections();
    const cut = setTimeout(() => server.closeAllConnections(), 1000);
    await closed;
    clearTimeout(cut);
    await gateway.close();
  }

  const { address, port, family } = server.address() as AddressInfo;
  return {
    url: `http://${family === "IPv6" ? `[${address}]` : address}:${port}`,
    gateway,
    stop: (drainTimeoutMs = defaultDrainTimeoutMs) => (stopping ??= stop(drainTimeoutMs)),
  };
}

const answerStarting: RequestListener = (request, response) => {
  const error = new GatewayError("service_unavailable", "The gateway is starting. Please come back in a moment.", { retryAfterSeconds: 1 });
  const requestId = newId("req");
  const path = new URL(request.url ?? "/", "http://localhost").pathname;
  response.writeHead(503, { "Content-Type": "application/json", "X-Request-Id": requestId, "Retry-After": "1", Connection: "close" });
  response.end(JSON.stringify(errorBody(faceOfPath(path), error, requestId, path)));
};

/** What cannot even be read as HTTP is answered in the contract's face, too. */
function answerUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
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
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, "Content-Type: application/json; charset=utf-8", `Content-Length: ${Buffer.byteLength(body)}`, `X-Request-Id: ${requestId}`, "Connection: close"];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
