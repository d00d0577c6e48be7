import { type IncomingMessage, type RequestListener, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

/** What came behind the heads of the handshakes under way. */
const heads = new WeakMap<IncomingMessage, Buffer>();

/** Whether a path is that of `/ws` in the contract. */
export function isSocketPath(path: string): boolean {
  return path === "/ws" || path === "/ws/";
}

/**
 * Whether a request is to be taken out of HTTP. Every other upgrade that somebody asks for (`h2c`, or a socket elsewhere) is passed over, as
 * RFC 9110, 7.8 allows, and the request answered like any.
 */
export function isHandshake({ method, url = "", headers: { upgrade } }: IncomingMessage): boolean {
  return method === "GET" && upgrade?.toLowerCase() === "websocket" && isSocketPath(url.split("?", 1)[0]!);
}

/** Hands handshakes to the listener of all requests: who may come in, and how he is refused, is the same for both. */
export function serveUpgrades(handle: RequestListener): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
  return (request, socket, head) => {
    socket.on("error", destroy);
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.once("finish", () => socket.end());
    try {
      response.assignSocket(socket as Socket);
    } catch {
      // Sent ahead of the answer to a request before it: that one holds the connection.
      socket.destroy();
      return;
    }
    heads.set(request, head);
    handle(request, response);
  };
}

/** What came behind the head of a handshake; undefined for any other request. */
export function headOf(request: IncomingMessage): Buffer | undefined {
  return heads.get(request);
}

function destroy(this: Duplex): void {
  this.destroy();
}
