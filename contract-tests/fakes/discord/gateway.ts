import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import type { Conditions } from "./conditions.ts";
import { botObject, fakeBotId } from "./objects.ts";

export interface FakeGateway {
  /** What bots began sessions with, and resumed them with, oldest first. */
  readonly identified: readonly { token: string; intents: number }[];
  readonly resumed: readonly { session_id: string; seq: number }[];
  /** How the fake behaves; any of it may be changed at any time. */
  readonly behaviour: FakeGatewayBehaviour;
  /** Resolves once so many sessions have been begun or resumed. */
  untilConnected(count: number): Promise<void>;
  /** Resolves once so many handshakes have come in. */
  untilUpgrading(count: number): Promise<void>;
  /** Resolves once nobody is connected. */
  untilDisconnected(): Promise<void>;
  /** Tells of anything. Sessions without a connection get it when they are resumed. */
  dispatch(type: string, data: unknown): void;
  /** Sends text of the test's choice. */
  say(text: string): void;
  /** Cuts all connections, or closes them with a code. The sessions stay. */
  drop(code?: number): void;
  /** Cuts all connections, and does not know the sessions any more. */
  forgetSessions(): void;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): void;
}

export interface FakeGatewayBehaviour {
  heartbeatIntervalMs: number;
  answersHeartbeats: boolean;
  /** False: a handshake hangs. */
  answersHandshakes: boolean;
  /** False: says nothing after the handshake. */
  greets: boolean;
  /** Closes the connection with this code instead of beginning or resuming a session. */
  refusesWith: number | null;
  /** Where sessions are to be resumed. */
  resumeUrl: string;
}

interface Session {
  id: string;
  dispatches: { op: 0; s: number; t: string; d: unknown }[];
  socket: WebSocket | null;
}

export function createFakeGateway({ gatewayUrl, botToken, nextId, conditions: { changed, until } }: { gatewayUrl: string; botToken: string; nextId(): string; conditions: Conditions }): FakeGateway {
  const server = new WebSocketServer({ noServer: true });
  const identified: { token: string; intents: number }[] = [];
  const resumed: { session_id: string; seq: number }[] = [];
  const behaviour: FakeGatewayBehaviour = { heartbeatIntervalMs: 41_250, answersHeartbeats: true, answersHandshakes: true, greets: true, refusesWith: null, resumeUrl: gatewayUrl };
  const sessions = new Map<string, Session>();
  const hanging = new Set<Duplex>();
  let connected = 0;
  let upgrades = 0;

  const send = (socket: WebSocket, payload: unknown): void => socket.send(JSON.stringify(payload));

  function tell(session: Session, type: string, data: unknown): void {
    const dispatch = { op: 0 as const, s: session.dispatches.length + 1, t: type, d: data };
    session.dispatches.push(dispatch);
    if (session.socket) send(session.socket, dispatch);
  }

  function attend(socket: WebSocket): void {
    const begin = (session: Session): void => {
      session.socket = socket;
      connected += 1;
    };
    socket.on("message", (text) => {
      const { op, d } = JSON.parse((text as Buffer).toString()) as { op: number; d: never };
      if (op === 1 && behaviour.answersHeartbeats) send(socket, { op: 11 });
      if (op !== 2 && op !== 6) return;
      const { token } = d as { token: string };
      if (behaviour.refusesWith !== null || token !== botToken) socket.close(behaviour.refusesWith ?? 4_004);
      else if (op === 2) {
        identified.push(d);
        const session: Session = { id: nextId(), dispatches: [], socket: null };
        sessions.set(session.id, session);
        begin(session);
        tell(session, "READY", { v: 10, user: botObject(), guilds: [], session_id: session.id, resume_gateway_url: behaviour.resumeUrl, application: { id: fakeBotId, flags: 0 } });
      } else resume(d, socket, begin);
      changed();
    });
    socket.on("close", (code) => {
      for (const session of sessions.values()) {
        if (session.socket !== socket) continue;
        session.socket = null;
        // Who says goodbye gives the session up.
        if (code === 1_000 || code === 1_001) sessions.delete(session.id);
      }
      changed();
    });
    if (behaviour.greets) send(socket, { op: 10, d: { heartbeat_interval: behaviour.heartbeatIntervalMs } });
  }

  function resume(request: { session_id: string; seq: number }, socket: WebSocket, begin: (session: Session) => void): void {
    resumed.push(request);
    const session = sessions.get(request.session_id);
    if (!session) {
      send(socket, { op: 9, d: false });
      return;
    }
    begin(session);
    for (const missed of session.dispatches.slice(request.seq)) send(socket, missed);
    tell(session, "RESUMED", {});
  }

  function drop(code?: number): void {
    for (const socket of server.clients) {
      if (code === undefined) socket.terminate();
      else socket.close(code);
    }
  }

  return {
    identified,
    resumed,
    behaviour,
    untilConnected: (count) => until(() => connected >= count),
    untilUpgrading: (count) => until(() => upgrades >= count),
    untilDisconnected: () => until(() => server.clients.size === 0 && hanging.size === 0),
    dispatch(type, data) {
      for (const session of sessions.values()) tell(session, type, data);
    },
    say: (text) => server.clients.forEach((socket) => socket.send(text)),
    drop,
    forgetSessions() {
      drop();
      sessions.clear();
    },
    upgrade(request, socket, head) {
      upgrades += 1;
      if (behaviour.answersHandshakes) server.handleUpgrade(request, socket, head, attend);
      else {
        hanging.add(socket);
        // A server's sockets stay half open until somebody ends them.
        socket.on("error", () => {}).on("end", () => socket.end()).resume();
        socket.on("close", () => {
          hanging.delete(socket);
          changed();
        });
      }
      changed();
    },
    close() {
      for (const socket of hanging) socket.destroy();
      for (const socket of server.clients) socket.terminate();
      server.close();
    },
  };
}
