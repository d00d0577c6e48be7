import { setImmediate as nextRound } from "node:timers/promises";
import type { Logger } from "pino";
import type { RawData, WebSocket } from "ws";
import type { AcceptSocket, Handshake } from "../http/accept-sockets.ts";
import { closeCodes } from "./close-codes.ts";
import type { Entry } from "./entry.ts";
import { errorFrame, readFrame } from "./frames.ts";
import type { Requests } from "./requests.ts";
import { Socket } from "./socket.ts";
import type { Subscriptions } from "./subscriptions.ts";

/** All connections to `/ws`. */
export interface Sockets extends AcceptSocket {
  /** Says goodbye: to those that do nothing at once, to the others when their turns have ended. */
  drain(): void;
  /** Resolves once all are gone; who takes too long is cut off. */
  close(): Promise<void>;
}

export interface SocketsOptions {
  entry: Entry;
  requests: Requests;
  subscriptions: Pick<Subscriptions, "end">;
  log: Logger;
  /** Keeps secrets out of what errors say. */
  hide: (text: string) => string;
  /** Between two pings; a client has as long to answer one. */
  heartbeatMs?: number;
  /** How long a client has to say who it is. */
  entryMs?: number;
  /** How many there may be at once. */
  most?: number;
}

const mostMisfits = 10;
const goodbyeMs = 1000;

export function createSockets({ entry, requests, subscriptions, log, hide, heartbeatMs = 30_000, entryMs = 5000, most = 10_000 }: SocketsOptions): Sockets {
  const all = new Set<Socket>();
  let heartbeat: NodeJS.Timeout | undefined;
  let isDraining = false;
  let onEmpty = (): void => {};

  function receive(socket: Socket, data: RawData, isBinary: boolean): void {
    if (!socket.isOpen) return;
    if (isBinary) return socket.close(closeCodes.notText, "Frames are text.");
    // What was sent behind the token is for whoever that lets in.
    if (socket.entering) return void socket.entering.then(() => receive(socket, data, isBinary));
    const frame = readFrame((data as Buffer).toString());
    if (!socket.principal && !("type" in frame && frame.type === "auth")) return entry.refuse(socket, "The first frame is `auth`, with a token.");
    if ("fault" in frame) {
      socket.answer(errorFrame(frame.fault, frame.answered));
      socket.misfits += 1;
      if (socket.misfits === mostMisfits) socket.close(closeCodes.badFrames, `${mostMisfits} frames in a row did not fit. See /docs/ws.`);
      return;
    }
    socket.misfits = 0;
    if (frame.type === "auth") return entry.enter(socket, frame);
    if (frame.type === "ping") return socket.answer({ type: "pong", ...(frame.id !== undefined && { id: frame.id }) });
    void requests.carryOut(socket, frame).then(() => {
      if (isDraining) sayGoodbye(socket);
    });
  }

  /** Who did not answer the last ping is gone, whatever TCP says; and whose key was revoked may not stay. */
  async function beat(): Promise<void> {
    let count = 0;
    for (const socket of all) {
      if (socket.awaitsPong) socket.terminate();
      else if (!socket.principal || entry.recheck(socket)) socket.ping();
      if (++count % 200 === 0) await nextRound();
    }
  }

  function sayGoodbye(socket: Socket): void {
    if (socket.turns === 0) socket.close(closeCodes.goingAway, "The gateway is stopping. Please come back in a moment.");
  }

  function forget(socket: Socket, code: number, fault: Error | undefined): void {
    all.delete(socket);
    socket.leave();
    subscriptions.end(socket);
    const { requestId, address, principal, openedAt } = socket;
    log.info({ requestId, keyId: principal?.keyId, address, code, ...(fault && { fault: fault.message }), durationMs: Math.round(performance.now() - openedAt) }, "socket closed");
    if (all.size > 0) return;
    clearInterval(heartbeat);
    heartbeat = undefined;
    onEmpty();
  }

  return {
    get isFull() {
      return all.size >= most;
    },
    open(ws: WebSocket, { requestId, address, token, after }: Handshake) {
      const socket = new Socket(ws, { requestId, address }, hide);
      let fault: Error | undefined;
      all.add(socket);
      heartbeat ??= setInterval(() => void beat(), heartbeatMs).unref();
      ws.on("message", (data, isBinary) => receive(socket, data, isBinary));
      ws.on("pong", () => (socket.awaitsPong = false));
      // Which closes it as the protocol says: a frame that is too large, or none.
      ws.on("error", (error) => (fault = error));
      ws.on("close", (code) => forget(socket, code, fault));
      entry.greet(socket, token, after, entryMs);
    },
    drain() {
      isDraining = true;
      for (const socket of all) sayGoodbye(socket);
    },
    async close() {
      isDraining = true;
      if (all.size === 0) return;
      const empty = new Promise<void>((resolve) => (onEmpty = resolve));
      const cut = setTimeout(() => {
        for (const socket of all) socket.terminate();
      }, goodbyeMs);
      for (const socket of all) sayGoodbye(socket);
      await empty;
      clearTimeout(cut);
    },
  };
}
