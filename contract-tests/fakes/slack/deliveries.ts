import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";

export interface Acknowledgement {
  envelopeId: string;
  /** How often the envelope had been delivered again by then. */
  retryAttempt: number;
}

export interface Deliveries {
  readonly acks: readonly Acknowledgement[];
  readonly greeted: number;
  readonly open: number;
  issueTicket(): string;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  deliver(event: Record<string, unknown>): string;
  sendFrame(frame: unknown): void;
  disconnect(reason: string): void;
  drop(): void;
  close(): void;
}

interface Unacknowledged {
  envelope: Record<string, unknown>;
  retryAttempt: number;
  timer: NodeJS.Timeout | undefined;
}

const mostRetries = 3;

/**
 * The sockets: each greeted with `hello` when its ticket is good, an envelope goes to the newest of them, and again until it
 * is acknowledged. See https://docs.slack.dev/apis/events-api/using-socket-mode.
 */
export function createDeliveries({ redeliverAfterMs, isSilent, happened }: { redeliverAfterMs: number; isSilent: boolean; happened(): void }): Deliveries {
  const server = new WebSocketServer({ noServer: true });
  const tickets = new Set<string>();
  const sockets = new Set<WebSocket>();
  const pending = new Map<string, Unacknowledged>();
  const acks: Acknowledgement[] = [];
  let greeted = 0;

  function attach(socket: WebSocket): void {
    sockets.add(socket);
    socket.on("close", () => {
      sockets.delete(socket);
      happened();
    });
    socket.on("message", (data: Buffer) => acknowledge((JSON.parse(data.toString()) as { envelope_id: string }).envelope_id));
    if (isSilent) return;
    socket.send(JSON.stringify({ type: "hello", num_connections: sockets.size, connection_info: { app_id: "A1" }, debug_info: { host: "fake" } }));
    greeted += 1;
    happened();
    // What nobody was there for.
    for (const [id, { timer }] of pending) if (timer === undefined) send(id);
  }

  function send(id: string): void {
    const delivery = pending.get(id);
    if (!delivery) return;
    const socket = [...sockets].at(-1);
    clearTimeout(delivery.timer);
    delivery.timer = undefined;
    if (!socket) return;
    const { envelope, retryAttempt } = delivery;
    socket.send(JSON.stringify({ ...envelope, retry_attempt: retryAttempt, retry_reason: retryAttempt === 0 ? "" : "timeout" }));
    if (retryAttempt === mostRetries) return void pending.delete(id);
    delivery.timer = setTimeout(() => {
      delivery.retryAttempt += 1;
      send(id);
    }, redeliverAfterMs);
  }

  function acknowledge(envelopeId: string): void {
    const delivery = pending.get(envelopeId);
    clearTimeout(delivery?.timer);
    pending.delete(envelopeId);
    acks.push({ envelopeId, retryAttempt: delivery?.retryAttempt ?? mostRetries });
    happened();
  }

  function drop(): void {
    for (const socket of sockets) socket.terminate();
  }

  return {
    acks,
    get greeted() {
      return greeted;
    },
    get open() {
      return sockets.size;
    },
    issueTicket() {
      const ticket = randomUUID();
      tickets.add(ticket);
      return ticket;
    },
    upgrade(request, socket, head) {
      const ticket = new URL(request.url ?? "/", "http://fake").searchParams.get("ticket") ?? "";
      // A ticket is good for one connection.
      if (!tickets.delete(ticket)) return void socket.destroy();
      server.handleUpgrade(request, socket, head, attach);
    },
    deliver(event) {
      const id = randomUUID();
      const payload = { type: "event_callback", team_id: "T1", api_app_id: "A1", event_id: `Ev${id}`, event_time: 1_700_000_000, event };
      pending.set(id, { envelope: { type: "events_api", envelope_id: id, accepts_response_payload: false, payload }, retryAttempt: 0, timer: undefined });
      send(id);
      return id;
    },
    sendFrame(frame) {
      for (const socket of sockets) socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
    },
    disconnect(reason) {
      for (const socket of sockets) {
        socket.send(JSON.stringify({ type: "disconnect", reason, debug_info: { host: "fake" } }));
        if (reason !== "warning" && reason !== "refresh_requested") socket.close();
      }
    },
    drop,
    close() {
      for (const { timer } of pending.values()) clearTimeout(timer);
      pending.clear();
      drop();
      server.close();
    },
  };
}
