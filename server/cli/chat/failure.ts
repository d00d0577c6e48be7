import { OpenClawConnectionError, OpenClawError } from "@openclaw/sdk";
import { exitStatus } from "../exit-status.ts";

export interface GatewayAddress {
  url: string;
  token: string | undefined;
}

/** What went wrong in words that say what to do, and the status to leave with. */
export function explain(error: unknown, { url, token, hasBegun = false }: GatewayAddress & { hasBegun?: boolean }): { text: string; status: number } {
  if (!(error instanceof OpenClawError)) throw error;
  const { status, code, message, requestId } = error;
  if (error instanceof OpenClawConnectionError) {
    if (hasBegun) return { text: message, status: exitStatus.unavailable };
    return { text: `No gateway answers at ${url}. Start one with \`openclaw start\`.\n(${message})`, status: exitStatus.unavailable };
  }
  if (code === "unexpected_answer") return { text: message, status: exitStatus.unavailable };
  if (status === 401) {
    const wanted = `The gateway at ${url} wants a token: give one with --token, or in OPENCLAW_TOKEN.`;
    return { text: token === undefined ? wanted : `The gateway at ${url} refuses this token: ${message}`, status: exitStatus.notAllowed };
  }
  if (status === 403) return { text: message, status: exitStatus.notAllowed };
  if (status === 503) return { text: message, status: exitStatus.unavailable };
  if (status < 500) return { text: message, status: exitStatus.refused };
  return { text: `${message}${requestId === undefined ? "" : ` (${requestId})`}`, status: exitStatus.failed };
}
