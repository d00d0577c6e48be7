import { GatewayError } from "../errors.ts";
import type { FinishedEvent, ToolCallRecord, TurnEvent } from "../chat/turn-events.ts";
import type { Sender } from "../events/event.ts";
import type { Principal } from "../keys/principal.ts";
import type { Usage } from "../providers/port.ts";
import type { Price } from "../providers/price.ts";
import { Approvals } from "./approvals.ts";
import { EventLog } from "./event-log.ts";
import type { RunRecord } from "./store.ts";

/** The face that a run began in, and that its stream is taken up again in. */
export type RunFace = "agents" | "conversations" | "workspaces" | "operator" | "openai";

export type RunStatus = "running" | "completed" | "failed" | "cancelled";

/** Where in a channel a message came from, and from whom: the answer goes out there. */
export interface MessageOrigin {
  chatId: string;
  from: Sender;
}

/** The run of a request that may come again: its id is settled before the run is made, so that it is made once. */
export interface ReservedRun {
  id: string;
  /** Whether it has been made before: then it is taken up, not made. */
  hasBegun: boolean;
}

export interface RunIdentity {
  id: string;
  face: RunFace;
  principal: Principal;
  requestId: string;
  /** Null for a run whose caller holds the conversation. */
  sessionId: string | null;
  workspaceId: string;
  agentId: string;
  userId: string | null;
  channel: string;
  createdAt: number;
  /** Whether its events are read as they come. The ids of those of any other run are the same whenever it is replayed. */
  isStreamed: boolean;
  /** Where the message came from; none for the API. */
  origin?: MessageOrigin | null;
  /** Facts about the request that its face needs to write events, such as OpenAI's `include_usage`. */
  faceOptions: Readonly<Record<string, unknown>>;
}

/** What came of a completed run. */
export interface RunResult {
  run: Run;
  content: string;
  model: string;
  finished: FinishedEvent;
  /** Epoch milliseconds. */
  finishedAt: number;
}

/**
 * One turn under way, apart from the connection that started it: its events, its outcome, and who is still interested.
 * `runs/service.ts` drives it.
 */
export class Run {
  identity: RunIdentity;
  readonly log = new EventLog<TurnEvent>();
  status: RunStatus = "running";
  /** The id of the answer; made when it is the run's turn, so that ids sort as the messages do. */
  messageId = "";
  model = "";
  content = "";
  readonly toolCalls: ToolCallRecord[] = [];
  /** Names of those that were run. */
  readonly toolsInvoked = new Set<string>();
  /** What its model calls have used so far. */
  readonly usage: Usage = { inputTokens: 0, outputTokens: 0 };
  /** What they cost; null where nobody knows. */
  price: Price | null = null;
  /** Why it failed or was cancelled. */
  failure: GatewayError | null = null;
  finishedAt: number | null = null;
  /** Whether it was its turn, and its request is stored. */
  isAccepted = false;
  /** Somebody asked that it go on although nobody waits for it. */
  isKept = false;
  readonly #controller = new AbortController();
  readonly #accepted = Promise.withResolvers<void>();
  readonly #begun = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<RunResult>();
  readonly #graceMs: number;
  #approvals: Approvals | undefined;
  #attached = 0;
  #graceTimer: NodeJS.Timeout | undefined;

  constructor(identity: RunIdentity, graceMs: number) {
    this.identity = identity;
    this.#graceMs = graceMs;
    // Each is awaited by somebody or by nobody; a run that fails unwatched is not a fault of the process.
    for (const { promise } of [this.#accepted, this.#begun, this.#ended]) promise.catch(() => {});
  }

  get id(): string {
    return this.identity.id;
  }

  /** Aborted with a GatewayError that says why when the run is to end before its time. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The calls of its turn that wait to be approved. */
  get approvals(): Approvals {
    return (this.#approvals ??= new Approvals());
  }

  /** Whether any call has ever waited. */
  get hasAsked(): boolean {
    return this.#approvals !== undefined;
  }

  /** Resolves once the request is stored; rejects when it could not be taken. */
  get accepted(): Promise<void> {
    return this.#accepted.promise;
  }

  /** Resolves with the first event; rejects with what went wrong before it, which is an ordinary error answer. */
  get begun(): Promise<void> {
    return this.#begun.promise;
  }

  /** Resolves once the run has ended, however. */
  get settled(): Promise<void> {
    return this.#ended.promise.then(
      () => {},
      () => {},
    );
  }

  /** The run as it is stored when it begins, or as it ended without ever having begun. */
  get record(): RunRecord {
    const { principal, origin: _origin, ...identity } = this.identity;
    return {
      ...identity,
      keyId: principal.keyId,
      messageId: this.messageId === "" ? null : this.messageId,
      status: this.status,
      model: null,
      content: "",
      finishReason: null,
      usage: null,
      latencyMs: null,
      toolCalls: [],
      toolsInvoked: [],
      error: this.failure && { code: this.failure.code, message: this.failure.message, details: this.failure.details },
      finishedAt: this.finishedAt,
    };
  }

  /** Resolves with the outcome; rejects when the run failed or was cancelled. */
  get ended(): Promise<RunResult> {
    return this.#ended.promise;
  }

  accept(): void {
    this.isAccepted = true;
    this.#accepted.resolve();
  }

  append(event: TurnEvent, textLength: number): void {
    this.log.append(event, textLength);
    if (event.type !== "failed") this.#begun.resolve();
  }

  complete(finished: FinishedEvent, finishedAt: number): void {
    this.status = "completed";
    this.finishedAt = finishedAt;
    this.append(finished, 0);
    this.#ended.resolve({ run: this, content: this.content, model: this.model, finished, finishedAt });
    this.#close();
  }

  fail(error: GatewayError, finishedAt: number): void {
    this.failure = error;
    this.finishedAt = finishedAt;
    this.status = error.code === "cancelled" ? "cancelled" : "failed";
    this.append({ type: "failed", error, requestId: this.identity.requestId }, 0);
    for (const outcome of [this.#accepted, this.#begun, this.#ended]) outcome.reject(error);
    this.#close();
  }

  /** Ends the run before its time; what it was doing is aborted. */
  abort(reason: GatewayError): void {
    this.#controller.abort(reason);
    this.#approvals?.close();
  }

  /** Somebody waits for the run or reads it. When the last lets go, it is given some time to be taken up again. */
  attach(): () => void {
    this.#attached++;
    clearTimeout(this.#graceTimer);
    let isAttached = true;
    return () => {
      if (!isAttached) return;
      isAttached = false;
      this.#attached--;
      if (this.#attached === 0 && this.status === "running" && !this.isKept) {
        this.#graceTimer = setTimeout(() => this.abort(new GatewayError("cancelled", "The run was cancelled: nobody waited for it any more.")), this.#graceMs);
      }
    };
  }

  /** Lets it go on although nobody waits. */
  keep(): void {
    this.isKept = true;
    clearTimeout(this.#graceTimer);
  }

  #close(): void {
    clearTimeout(this.#graceTimer);
    this.#approvals?.close();
    this.log.end();
  }
}
