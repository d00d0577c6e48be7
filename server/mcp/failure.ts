import { McpError } from "./mcp-error.ts";

type Sdk = Pick<typeof import("@modelcontextprotocol/client"), "ProtocolError" | "SdkError" | "SdkErrorCode" | "SdkHttpError" | "InsufficientScopeError">;

/** What a failure of the SDK comes to. */
export interface Failure {
  /** In words that may be shown; the rest of a sentence that begins with the server's name. */
  reason: string;
  /** Whether nothing more can be expected of the connection. */
  isLost: boolean;
}

/**
 * Reads a failure. Messages of the SDK and of `fetch` are not handed on, since they may have the URL, the headers or an
 * answer's body in them; only a server's own error, which is meant to be read, is.
 */
export function failureOf(thrown: unknown, sdk: Sdk): Failure {
  for (const error of causes(thrown)) {
    if (error instanceof McpError) return { reason: error.message, isLost: true };
    if (error instanceof sdk.ProtocolError) return { reason: `the server answered with an error: ${error.message.slice(0, 500)}`, isLost: false };
    if (error instanceof sdk.SdkHttpError && error.status !== undefined) return { reason: answered(error.status), isLost: true };
    if (error instanceof sdk.InsufficientScopeError) return { reason: answered(403), isLost: true };
    if (error instanceof sdk.SdkError) {
      if (error.code === sdk.SdkErrorCode.RequestTimeout) return { reason: "the server did not answer in time", isLost: false };
      if (error.code === sdk.SdkErrorCode.ConnectionClosed || error.code === sdk.SdkErrorCode.NotConnected) return { reason: "the connection was lost", isLost: true };
      if (error.code === sdk.SdkErrorCode.ListPaginationExceeded) return { reason: "the server's list of tools does not end", isLost: false };
    } else if (/^E[A-Z_]+$|^UND_ERR_/.test((error as NodeJS.ErrnoException).code ?? "")) {
      return { reason: `the server cannot be reached (${(error as NodeJS.ErrnoException).code})`, isLost: true };
    }
  }
  if (thrown instanceof sdk.SdkError) return { reason: `the server does not keep to the protocol (${thrown.code})`, isLost: thrown.code.startsWith("CLIENT_HTTP") || thrown.code === sdk.SdkErrorCode.SendFailed };
  return { reason: "the connection failed", isLost: true };
}

function answered(status: number): string {
  const advice = status === 401 || status === 403 ? "; check the headers in the settings (OAuth is not supported)" : "";
  return `the server answered with HTTP ${status}${advice}`;
}

/** The error and what has caused it; the SDK has some causes in `data`. */
function* causes(thrown: unknown): Generator<Error> {
  let error = thrown;
  for (let depth = 0; depth < 5 && error instanceof Error; depth += 1) {
    yield error;
    const { cause, data } = error as Error & { data?: { cause?: unknown } };
    error = cause ?? data?.cause;
  }
}
