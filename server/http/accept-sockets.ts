import type { Context as KoaContext, Next } from "koa";
import { type WebSocket, WebSocketServer } from "ws";
import { routes } from "../../generated/server/routes.ts";
import { GatewayError } from "../errors.ts";
import { tokenOf } from "./authenticate.ts";
import { hostOf } from "./perimeter/hosts.ts";
import type { Perimeter, PerimeterRules } from "./perimeter/perimeter.ts";
import { headOf } from "./upgrades.ts";
import { validate } from "./validate.ts";

/** What is kept of a handshake. */
export interface Handshake {
  requestId: string;
  address: string;
  /** Undefined when there was none; the refusal when there were two. */
  token: string | undefined | GatewayError;
  /** The id of an event to go on behind. */
  after: string | undefined;
}

export interface AcceptSocket {
  /** Whether there are as many sockets as there may be. */
  readonly isFull: boolean;
  open(webSocket: WebSocket, handshake: Handshake): void;
}

/** Compression would cost each socket many times its memory. A peer that was told to go may take five seconds to answer; the library's types do not know of that option yet. */
const options = { noServer: true, clientTracking: false, perMessageDeflate: false, closeTimeout: 5000 };

const route = routes.find(({ operationId }) => operationId === "openSocket")!;

/**
 * Takes a connection out of HTTP (RFC 6455, 4.2), once the perimeter has let its handshake in: whatever is wrong until then is answered
 * in HTTP. Nothing holds on to the request afterwards.
 */
export function acceptSockets(perimeter: Perimeter, sockets: AcceptSocket) {
  // All within one call of `handleUpgrade`.
  let requestId = "";
  let fault: Error | undefined;
  const server = new WebSocketServer(options);
  server.on("headers", (headers) => headers.push(`X-Request-Id: ${requestId}`));
  server.on("wsClientError", (error) => (fault = error));

  return async (koa: KoaContext, next: Next): Promise<void> => {
    const { req, res } = koa;
    const head = headOf(req);
    if (head === undefined) return next();
    koa.state["route"] = route;
    refuseOrigin(koa, perimeter.rules);
    refuseVersion(koa);
    const query: { after?: string } = { ...koa.query };
    validate([route.parameters!], { path: {}, query, headers: koa.headers });
    if (sockets.isFull) throw new GatewayError("service_unavailable", "This gateway has as many sockets as it can take. Come back in a while.", { retryAfterSeconds: 30 });

    requestId = koa.state["requestId"] as string;
    fault = undefined;
    server.options.maxPayload = perimeter.rules.maxBodyBytes;
    const handshake = { requestId, address: koa.state["address"] as string, token: tokenOrRefusal(koa), after: query.after };
    koa.respond = false;
    server.handleUpgrade(req, req.socket, head, (webSocket) => {
      // For HTTP this is over. The socket notes itself in the audit log, once it is known whose it is.
      res.detachSocket(req.socket);
      res.writeHead(101);
      koa.state["isNoted"] = true;
      sockets.open(webSocket, handshake);
      res.emit("close");
    });
    if (fault) throw new GatewayError("bad_request", `This is no handshake of a WebSocket (RFC 6455): ${(fault as Error).message}.`, { cause: fault });
  };
}

/**
 * Browsers let every page open a socket to anywhere, and only say where it is from (RFC 6455, 10.2): those of this origin and
 * of the listed ones may. Programs send no origin. Behind a proxy that speaks TLS the scheme is another, so the hosts are compared.
 */
function refuseOrigin(koa: KoaContext, { origins }: PerimeterRules): void {
  const origin = koa.get("Origin");
  if (origin === "" || origins.has("*") || origins.has(origin)) return;
  if (URL.canParse(origin) && new URL(origin).host === hostOf(koa).toLowerCase()) return;
  const named = origin.slice(0, 200);
  throw new GatewayError("forbidden", `Pages of ${JSON.stringify(named)} may not open a socket here. If they should, add the origin to those of \`gateway.cors\`.`, { details: { origin: named } });
}

function refuseVersion(koa: KoaContext): void {
  if (koa.get("Sec-WebSocket-Version") === "13") return;
  koa.set("Sec-WebSocket-Version", "13");
  koa.set("Upgrade", "websocket");
  throw new GatewayError("upgrade_required", "This gateway speaks version 13 of the WebSocket protocol (RFC 6455).");
}

function tokenOrRefusal(koa: KoaContext): string | undefined | GatewayError {
  try {
    return tokenOf(koa);
  } catch (error) {
    return GatewayError.from(error);
  }
}
