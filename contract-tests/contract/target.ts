import type { Answer } from "./answer.ts";
import type { OperationId } from "./operations.ts";
import type { OpenStream } from "./open-stream.ts";

/** A request of an operation, by the contract's names. */
export interface CallRequest {
  path?: Record<string, string>;
  query?: Record<string, string | number | readonly string[]>;
  json?: unknown;
  /** A body as it stands, instead of `json`. */
  body?: string;
  headers?: Record<string, string>;
  /** Null for none; the owner's where nothing is said. */
  token?: string | null;
  /** What the mock is asked to answer (`Prefer`): it knows no state. The server has to come to it by itself. */
  mock?: { status?: number; example?: string };
  signal?: AbortSignal;
}

/**
 * Something that serves the contract. Each answer is checked against it before a test sees it: status, headers, media
 * type, body, each event.
 */
export interface Target {
  readonly name: "mock" | "server";
  /** Calls an operation and reads its whole answer. */
  call<Id extends OperationId>(id: Id, request?: CallRequest): Promise<Answer<Id>>;
  /** Calls an operation that answers with events, which are then read one by one. */
  open(id: OperationId, request?: CallRequest): Promise<OpenStream>;
  /** The id of a session of the agent `my-agent` in the workspace `default`, with one turn in it. */
  makeSession(): Promise<string>;
  /** The id of a run that has ended. */
  makeRun(): Promise<string>;
  close(): Promise<void>;
}
