import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** How the next call goes wrong: with an error of the Graph API, or in a worse way. */
export type Failure =
  | { status: number; code?: number; message?: string; details?: string; headers?: Record<string, string> }
  /** A body that is no answer of the Graph API. */
  | { status: number; body: string }
  /** The call is taken, and then: never answered, or cut. */
  | "hang"
  | "cut";

/** One call, as it came in. */
export interface GraphCall {
  method: string;
  path: string;
  token: string | null;
  body: unknown;
}

/** A server on loopback that answers as the Graph API does, and can be told to fail. */
export interface GraphServer {
  url: string;
  calls: readonly GraphCall[];
  /** One call after another fails like these, before any goes well. */
  failNext(...failures: Failure[]): void;
  /** Resolves once this holds; looked at with each call. */
  until(holds: () => boolean): Promise<void>;
  close(): Promise<void>;
}

/** `answer` makes a good answer's body, or says why there is none. */
export async function startGraphServer(answer: (call: GraphCall) => { status: number; body: unknown }): Promise<GraphServer> {
  const calls: GraphCall[] = [];
  const failures: Failure[] = [];
  const waiting = new Set<() => void>();

  const server = createServer((request, response) => {
    void readCall(request).then((call) => {
      calls.push(call);
      const failure = failures.shift();
      if (failure === undefined) write(response, answer(call));
      else fail(response, failure);
      for (const look of waiting) look();
    }, () => response.destroy());
  });
  return {
    url: await listen(server),
    calls,
    failNext: (...more) => void failures.push(...more),
    until: (holds) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (holds() && waiting.delete(look)) resolve();
        };
        waiting.add(look);
        look();
      }),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function listen(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function readCall(request: IncomingMessage): Promise<GraphCall> {
  const text = Buffer.concat(await request.toArray()).toString("utf8");
  const [, token = null] = /^Bearer (.+)$/.exec(request.headers.authorization ?? "") ?? [];
  return { method: request.method!, path: request.url!, token, body: text === "" ? null : JSON.parse(text) };
}

function fail(response: ServerResponse, failure: Failure): void {
  if (failure === "hang") return;
  if (failure === "cut") response.destroy();
  else if ("body" in failure) response.writeHead(failure.status, { "content-type": "text/html" }).end(failure.body);
  else write(response, { status: failure.status, body: graphError(failure) }, failure.headers);
}

/** An error as the Graph API has it. */
export function graphError({ code = 1, message = "An unknown error occurred", details }: { code?: number; message?: string; details?: string }): object {
  return { error: { message, type: "OAuthException", code, ...(details === undefined ? {} : { error_data: { messaging_product: "whatsapp", details } }), fbtrace_id: "Az8or2yhqkZfEZ-_4Qn_Bam" } };
}

function write(response: ServerResponse, { status, body }: { status: number; body: unknown }, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json; charset=UTF-8", ...headers }).end(JSON.stringify(body));
}
