import type { Dispatcher } from "undici";
import type { GuardedAgent } from "../../network/guarded-agent.ts";
import { ForbiddenAddress } from "../../network/guarded-lookup.ts";
import { ToolError } from "../port.ts";

/** An answer as far as it was read. */
export interface Received {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
  /** Whether there was more of it. */
  isCut: boolean;
}

/** What is read of one answer. */
export const mostBytes = 1024 * 1024;

/** Sends one request, and reads the beginning of its answer. Follows nothing. Rejects with a ToolError, or with the signal's reason. */
export async function send(agent: GuardedAgent, url: URL, method: "GET" | "HEAD", headers: Record<string, string>, signal: AbortSignal): Promise<Received> {
  let answer: Dispatcher.ResponseData;
  try {
    agent.check(url);
    answer = await agent.dispatcher.request({ origin: url.origin, path: url.pathname + url.search, method, headers, signal });
  } catch (error) {
    signal.throwIfAborted();
    throw explain(url, error);
  }
  const { statusCode: status, headers: received, body } = answer;
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      // Leaving the loop cuts the connection.
      if (size > mostBytes) break;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw explain(url, error);
  }
  return { status, headers: received, body: Buffer.concat(chunks).subarray(0, mostBytes), isCut: size > mostBytes };
}

function explain(url: URL, error: unknown): ToolError {
  const { hostname } = url;
  if (error instanceof ForbiddenAddress) return new ToolError(`${hostname} is a private address, or leads to one, and this gateway does not fetch from those (\`network.allowPrivate\`).`);
  const { code } = error as NodeJS.ErrnoException;
  const what = code === undefined ? undefined : reasons[code];
  return new ToolError(what === undefined ? `${hostname} could not be fetched from.` : `${hostname} ${what}.`, { cause: error });
}

const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: "is a name that does not exist",
  EAI_AGAIN: "is a name that cannot be looked up at the moment",
  ECONNREFUSED: "refuses the connection",
  ECONNRESET: "cut the connection",
  UND_ERR_SOCKET: "cut the connection",
  UND_ERR_CONNECT_TIMEOUT: "did not answer in time",
  UND_ERR_HEADERS_TIMEOUT: "did not answer in time",
  UND_ERR_BODY_TIMEOUT: "stopped in the middle of its answer",
  CERT_HAS_EXPIRED: "has a certificate that has expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "has a certificate that nobody trusts",
  ERR_TLS_CERT_ALTNAME_INVALID: "has the certificate of another host",
};
