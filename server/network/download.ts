import { request } from "undici";
import type { GuardedAgent } from "./guarded-agent.ts";
import { ForbiddenAddress } from "./guarded-lookup.ts";

export interface DownloadOptions {
  agent: GuardedAgent;
  maxBytes: number;
  /** For the whole, redirects included. */
  timeoutMs: number;
}

const maxRedirects = 3;

/** What a URL answers with 200, after at most three redirects, each of which is checked like the first address. Throws with words that follow a colon. */
export async function download(url: URL, { agent, maxBytes, timeoutMs }: DownloadOptions): Promise<Buffer> {
  const signal = AbortSignal.timeout(timeoutMs);
  let from = url;
  for (let redirects = 0; ; redirects++) {
    if (!isHttp(from) || (url.protocol === "https:" && from.protocol === "http:")) throw new Error("its address is not one of HTTPS or HTTP, or leads from the one to the other");
    if (from.username !== "" && from.host !== url.host) throw new Error("its address has a password");
    const { statusCode, headers, body } = await ask(from, agent, signal).catch((error: unknown) => {
      throw explained(error);
    });
    const location = typeof headers["location"] === "string" ? URL.parse(headers["location"], from.href) : null;
    if (statusCode === 200) return await collect(body, maxBytes);
    // Nobody reads this; the connection is not kept for it.
    body.on("error", () => {}).destroy();
    if (statusCode < 300 || statusCode > 399 || location === null) throw new Error(`it answered ${statusCode}`);
    if (redirects >= maxRedirects) throw new Error(`it was redirected more than ${maxRedirects} times`);
    from = location;
  }
}

async function ask(url: URL, agent: GuardedAgent, signal: AbortSignal) {
  agent.check(url);
  return request(url, { dispatcher: agent.dispatcher, signal });
}

const isHttp = ({ protocol }: URL) => protocol === "https:" || protocol === "http:";

async function collect(body: AsyncIterable<Buffer>, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > maxBytes) break;
      chunks.push(chunk);
    }
  } catch (error) {
    throw explained(error);
  }
  if (bytes > maxBytes) throw new Error(`it has more than the ${maxBytes} bytes that are allowed`);
  return Buffer.concat(chunks);
}

/** What undici and the system say is for the log. */
function explained(error: unknown): Error {
  if (!(error instanceof Error)) return new Error("it failed");
  if (error.name === "TimeoutError" || /TIMEOUT/.test((error as NodeJS.ErrnoException).code ?? "")) return new Error("it took too long", { cause: error });
  if (error instanceof ForbiddenAddress) return new Error(`${error.message} is a private address, or leads to one, which the settings do not allow (network.allowPrivate)`);
  return new Error("it cannot be reached, or broke off", { cause: error });
}
