import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createSentinels, type Sentinels } from "./sentinels.ts";

/** One request as the fake provider received it. */
export interface RecordedRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  /** The parsed JSON body, or undefined for a request without one. */
  body: unknown;
}

/** A fake model provider on a loopback port of the system's choice. */
export interface FakeUpstream {
  /** What belongs into `baseUrl` of the provider's settings. */
  readonly url: string;
  /** Every request received, oldest first. */
  readonly requests: readonly RecordedRequest[];
  /** How many requests the client left before their answer was complete. */
  readonly aborted: number;
  /** Bytes of answer bodies that the fake has handed to its sockets; stands still while a client does not read. */
  readonly bytesSent: number;
  /** Resolves once `aborted` has reached `count` (default 1). */
  untilAborted(count?: number): Promise<void>;
  /** Resolves once `requests` holds at least `count`. */
  untilRequests(count: number): Promise<void>;
  /** Forgets the recorded requests, counters and half-used `-once` sentinels. */
  reset(): void;
  close(): Promise<void>;
}

/** What a protocol's fake does with one request. The socket may be left hanging, destroyed or answered. */
export interface Exchange {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: unknown;
  sentinels: Sentinels;
  json(status: number, value: unknown, headers?: Record<string, string>): void;
  raw(status: number, contentType: string, text: string): void;
  /** Opens an event stream; `write` waits while the client does not read, and answers false once it has gone. */
  stream(): { write(text: string): Promise<boolean>; end(): void };
  /** Cuts the connection without finishing the answer. */
  destroy(): void;
}

/** Starts the HTTP side that both fakes share: recording, counting, back-pressure. */
export async function startUpstreamServer(basePath: string, handle: (exchange: Exchange) => Promise<void>): Promise<FakeUpstream> {
  const requests: RecordedRequest[] = [];
  const waiting = new Set<() => void>();
  const sentinels = createSentinels();
  const counts = { aborted: 0, bytesSent: 0 };
  const changed = (): void => {
    for (const check of waiting) check();
  };
  const until = (holds: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (!holds()) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });

  const server = createServer((request, response) => {
    let cutByUs = false;
    response.on("close", () => {
      if (response.writableFinished || cutByUs) return;
      counts.aborted += 1;
      changed();
    });
    const cut = (): void => {
      cutByUs = true;
      response.destroy();
    };
    void readJson(request).then(async (body) => {
      const method = request.method ?? "GET";
      const path = request.url ?? "/";
      requests.push({ method, path, headers: request.headers, body });
      changed();
      try {
        await handle({ method, path, headers: request.headers, body, sentinels, ...answers(response, counts, cut) });
      } catch (error) {
        // A fault of the fake itself must be loud in the test, not look like a provider that hangs.
        if (!response.headersSent) response.writeHead(500, { "content-type": "text/plain" });
        response.end(String(error));
      }
    }, cut);
  });
  // Idle sockets must outlive a slow test: a fake which closes them would make clients retry for reasons of its own.
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}${basePath}`,
    requests,
    get aborted() {
      return counts.aborted;
    },
    get bytesSent() {
      return counts.bytesSent;
    },
    untilAborted: (count = 1) => until(() => counts.aborted >= count),
    untilRequests: (count) => until(() => requests.length >= count),
    reset() {
      requests.length = 0;
      counts.aborted = 0;
      counts.bytesSent = 0;
      sentinels.reset();
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function answers(
  response: ServerResponse,
  counts: { bytesSent: number },
  destroy: () => void,
): Pick<Exchange, "json" | "raw" | "stream" | "destroy"> {
  const send = (status: number, headers: Record<string, string>, text: string): void => {
    response.writeHead(status, { ...headers, "content-length": String(Buffer.byteLength(text)) });
    counts.bytesSent += Buffer.byteLength(text);
    response.end(text);
  };
  return {
    json: (status, value, headers = {}) => send(status, { "content-type": "application/json", ...headers }, JSON.stringify(value)),
    raw: (status, contentType, text) => send(status, { "content-type": contentType }, text),
    stream() {
      response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" });
      return {
        async write(text) {
          if (response.destroyed) return false;
          counts.bytesSent += Buffer.byteLength(text);
          if (response.write(text)) return true;
          const either = new AbortController();
          await Promise.race([once(response, "drain", { signal: either.signal }), once(response, "close", { signal: either.signal })]);
          // The one that did not come must not stay behind as a listener.
          either.abort();
          return !response.destroyed;
        },
        end: () => void response.end(),
      };
    },
    destroy,
  };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = "";
  request.setEncoding("utf8");
  for await (const chunk of request) text += String(chunk);
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
