import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";

/** One delivery as it came in. */
export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  /** The body as it was sent. */
  raw: string;
  event: { id: string; event: string; timestamp: string; data: Record<string, unknown>; signature?: string };
}

/** An application that is called by webhooks, on a loopback port of the system's choice. */
export interface WebhookReceiver {
  readonly url: string;
  readonly port: number;
  /** The oldest first. */
  readonly received: readonly Received[];
  /** How many requests it had at once at the most. */
  readonly mostAtOnce: number;
  /** How many were ever opened to it. */
  readonly connections: number;
  /** Ids of the events it has answered with 2xx. */
  readonly accepted: ReadonlySet<string>;
  close(): Promise<void>;
}

/** What to do with a delivery: answer it, or leave it. Without, 204. */
export type Reaction = (delivery: Received, response: ServerResponse, number: number) => void | Promise<void>;

export interface ReceiverOptions {
  react?: Reaction;
  /** Speaks HTTPS, with this certificate. */
  tls?: { key: string; cert: string };
  /** To come back on the port of one that was closed. */
  port?: number;
}

export async function startWebhookReceiver({ react = (_delivery, response) => void response.writeHead(204).end(), tls, port = 0 }: ReceiverOptions = {}): Promise<WebhookReceiver> {
  const received: Received[] = [];
  const accepted = new Set<string>();
  let atOnce = 0;
  let mostAtOnce = 0;
  let connections = 0;

  const listener: RequestListener = (request, response) => {
    mostAtOnce = Math.max(mostAtOnce, ++atOnce);
    response.on("close", () => atOnce--);
    let raw = "";
    request.setEncoding("utf8").on("data", (chunk: string) => (raw += chunk));
    request.on("end", () => {
      const delivery: Received = { path: request.url ?? "/", headers: request.headers, raw, event: JSON.parse(raw) as Received["event"] };
      const number = received.push(delivery);
      response.on("finish", () => {
        if (response.statusCode < 300) accepted.add(delivery.event.id);
      });
      void react(delivery, response, number);
    });
  };

  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  server.on("connection", () => connections++);
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const { port: own } = server.address() as AddressInfo;
  return {
    url: `${tls ? "https" : "http"}://127.0.0.1:${own}/hook`,
    port: own,
    received,
    accepted,
    get mostAtOnce() {
      return mostAtOnce;
    },
    get connections() {
      return connections;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
