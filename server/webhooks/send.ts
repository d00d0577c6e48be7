import { request } from "undici";
import type { GuardedAgent } from "../network/guarded-agent.ts";
import { ForbiddenAddress } from "../network/guarded-lookup.ts";
import { retryAfterMs } from "./retry.ts";
import type { SignedRequest } from "./signed-request.ts";

/** What came of an attempt. */
export interface Outcome {
  /** What the endpoint answered; null when it did not. */
  status: number | null;
  /** Why it failed; null when it succeeded. */
  error: string | null;
  /** The wait that the endpoint asks for. */
  retryAfterMs: number | null;
}

export interface SendOptions {
  agent: GuardedAgent;
  url: string;
  signed: SignedRequest;
  /** For the whole, the answer included. */
  timeoutMs: number;
  /** Gives the attempt up, whatever came of it. */
  signal: AbortSignal;
}

/** Read of an answer: enough to use its connection again where it is short. Nobody looks at it. */
const mostAnswerBytes = 4096;

/** Posts one attempt. Any 2xx that is whole in time is a success; a redirect is not followed. Rejects only when `signal` has it given up. */
export async function send({ agent, url, signed, timeoutMs, signal }: SendOptions): Promise<Outcome> {
  const timeout = AbortSignal.timeout(timeoutMs);
  let status: number | null = null;
  try {
    const target = new URL(url);
    agent.check(target);
    const headers = { ...signed.headers, ...basicAuthorization(target) };
    const answer = await request(target, { method: "POST", headers, body: signed.body, dispatcher: agent.dispatcher, signal: AbortSignal.any([timeout, signal]) });
    status = answer.statusCode;
    await skim(answer.body);
    const asked = answer.headers["retry-after"];
    return { status, error: refusal(status), retryAfterMs: retryAfterMs(typeof asked === "string" ? asked : undefined, Date.now()) };
  } catch (error) {
    if (signal.aborted) throw error;
    return { status, error: reason(error, timeoutMs), retryAfterMs: null };
  }
}

/** undici sends no password of a URL by itself. */
function basicAuthorization({ username, password }: URL): { authorization?: string } {
  if (username === "" && password === "") return {};
  return { authorization: `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString("base64")}` };
}

/** Leaving the loop lets go of the connection. */
async function skim(body: AsyncIterable<Buffer>): Promise<void> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > mostAnswerBytes) return;
  }
}

function refusal(status: number): string | null {
  if (status >= 200 && status <= 299) return null;
  if (status >= 300 && status <= 399) return `It answered ${status}, and redirects are not followed: give the webhook the address that it leads to.`;
  return `It answered ${status}.`;
}

/** In words for whoever set the webhook up; nothing of the gateway's inside. */
function reason(error: unknown, timeoutMs: number): string {
  if (error instanceof ForbiddenAddress) return "Its host is, or leads to, a private address, which the settings do not allow (network.allowPrivate).";
  const { name, code = "" } = error as NodeJS.ErrnoException;
  if (name === "TimeoutError") return `There was no whole answer within ${timeoutMs} ms.`;
  if (code === "ECONNREFUSED") return "The connection was refused.";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "The host's name could not be resolved.";
  if (/CERT|SELF_SIGNED|UNABLE_TO|^ERR_(?:TLS|SSL)/.test(code)) return `Its TLS certificate or handshake was refused (${code}).`;
  if (/CONNECT_TIMEOUT|ETIMEDOUT|UNREACH/.test(code)) return `It could not be reached (${code}).`;
  return `The connection broke off${code === "" ? "" : ` (${code})`}.`;
}
