import type { Agent, Dispatcher } from "undici";
import type { IncomingHttpHeaders } from "undici/types/header.js";

export interface Request {
  method: "GET" | "POST";
  url: URL;
  headers: Record<string, string>;
  body: string | null;
}

export interface Received {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** No whole answer came. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
  /** Whether the platform may have got the request: a byte of it was about to be written. */
  readonly wasSent: boolean;

  constructor(wasSent: boolean, cause: unknown) {
    super("no answer", { cause });
    this.wasSent = wasSent;
  }
}

/** Far more than the Graph API ever answers. */
const mostBytes = 1_048_576;

/**
 * One request, once. It drives `dispatch`, since undici's `request` does not say whether one that failed had been written.
 * Rejects with NoAnswer, promptly when the signal is aborted.
 */
export function exchange(agent: Agent, { method, url, headers, body }: Request, signal: AbortSignal): Promise<Received> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let received: Omit<Received, "body"> | undefined;
    let controller: Dispatcher.DispatchController | undefined;

    function fail(cause: unknown): void {
      signal.removeEventListener("abort", abort);
      reject(new NoAnswer(controller !== undefined, cause));
    }
    function abort(): void {
      fail(signal.reason);
      controller?.abort(signal.reason as Error);
    }

    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort);
    agent.dispatch(
      { origin: url.origin, path: url.pathname + url.search, method, headers, body },
      {
        onRequestStart(started) {
          // What was given up while it waited for a connection is taken back here, before a byte of it is written.
          if (signal.aborted) started.abort(signal.reason as Error);
          else controller = started;
        },
        onResponseStart(_, status, head) {
          if (status >= 200) received = { status, headers: head };
        },
        onResponseData(current, chunk) {
          size += chunk.length;
          if (size > mostBytes) current.abort(new Error("the answer is too long"));
          else chunks.push(chunk);
        },
        onResponseEnd() {
          signal.removeEventListener("abort", abort);
          resolve({ ...received!, body: Buffer.concat(chunks) });
        },
        onResponseError: (_, error) => fail(error),
      },
    );
  });
}
