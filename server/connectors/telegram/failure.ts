import { GrammyError, HttpError } from "grammy";
import { ConnectorError } from "../port.ts";

/** What became of a call that failed. */
export interface TelegramFailure {
  kind: ConnectorError["kind"];
  /** Telegram's `error_code`; null when it did not answer. */
  status: number | null;
  /** In words for an operator, without secrets. */
  reason: string;
  retryAfterMs: number | null;
  cause?: unknown;
}

export function readFailure(error: unknown): TelegramFailure {
  if (error instanceof GrammyError) return readRefusal(error);
  if (!(error instanceof HttpError)) return { kind: "unknown", status: null, reason: "what Telegram answered could not be read", retryAfterMs: null, cause: error };
  const cause = error.error;
  const { code, syscall } = innermost(cause);
  if (syscall === "connect" || syscall === "getaddrinfo" || beforeRequest.test(code ?? "")) return { kind: "unavailable", status: null, reason: `Telegram is out of reach: ${code}`, retryAfterMs: null, cause };
  const reason = typeof code === "string" ? `the connection to Telegram broke: ${code}` : "Telegram did not answer in time";
  return { kind: "unknown", status: null, reason, retryAfterMs: null, cause };
}

export function toConnectorError(error: unknown): ConnectorError {
  const { kind, reason, retryAfterMs, cause } = readFailure(error);
  return new ConnectorError(kind, `${reason[0]!.toUpperCase()}${reason.slice(1)}.`.replace(/\.\.$/, "."), { retryAfterMs, cause });
}

/** Without a cause: the error holds the message that was to be sent. */
function readRefusal({ error_code: status, description, parameters }: GrammyError): TelegramFailure {
  if (status === 429) return { kind: "unavailable", status, reason: "Telegram wants fewer messages", retryAfterMs: (parameters.retry_after ?? 1) * 1000 };
  if (status >= 500) return { kind: "unavailable", status, reason: `Telegram has a fault of its own: ${status} ${description}`, retryAfterMs: null };
  if (parameters.migrate_to_chat_id !== undefined) return { kind: "refused", status, reason: `the group has become a supergroup, whose chat id is ${parameters.migrate_to_chat_id}`, retryAfterMs: null };
  // A token that is not even of the right form is a path that Telegram does not know.
  if (status === 401 || (status === 404 && description === "Not Found")) return { kind: "refused", status: 401, reason: `Telegram refused the bot token: ${description}`, retryAfterMs: null };
  return { kind: "refused", status, reason: description, retryAfterMs: null };
}

/** Nothing was sent: there was no connection, or its certificate was not trusted. */
const beforeRequest = /^UND_ERR_CONNECT_TIMEOUT$|CERT|UNABLE_TO_VERIFY|^ERR_TLS|^EPROTO$/;

/** What Node says of the socket; of several that it tried (RFC 8305), the first. */
function innermost(error: unknown): { code?: string | undefined; syscall?: string | undefined } {
  const { cause, errors, code, syscall } = error as NodeJS.ErrnoException & { errors?: unknown[] };
  if (cause instanceof Error) return innermost(cause);
  if (errors?.[0] instanceof Error) return innermost(errors[0]);
  return typeof code === "string" ? { code, syscall } : {};
}
