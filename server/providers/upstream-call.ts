import type { Dispatcher } from "undici";
import type { IncomingHttpHeaders } from "undici/types/header.js";
import { GatewayError } from "../errors.ts";
import type { UpstreamContext } from "./upstream.ts";
import { brokenConnection, refusedRequest, retryAfterMs, type Refusal } from "./upstream-errors.ts";

/** Receives one good answer: `start`, `data`…, then either `end` or `fail`. Before a good answer only `fail` can come. */
export interface UpstreamSink {
  start(contentType: string): void;
  data(chunk: Buffer): void;
  end(): void;
  /** A GatewayError, or the signal's reason. */
  fail(error: unknown): void;
}

/** The handle on a call in flight. */
export interface UpstreamCall {
  /** Stops reading from the provider's socket until `resume`: how back-pressure reaches the model. */
  pause(): void;
  resume(): void;
  /** Destroys the request, without a word to the sink. */
  abort(): void;
}

export interface CallRequest {
  method: "GET" | "POST";
  path: string;
  headers: Readonly<Record<string, string>>;
  body: string | null;
  /** Until the first byte. */
  timeoutMs: number;
}

/** Sends a request, and sends it again while it may be: only until the first byte of a good answer. */
export function dispatchCall(context: UpstreamContext, request: CallRequest, sink: UpstreamSink, signal: AbortSignal): UpstreamCall {
  const call = new Call(context, request, sink, signal);
  call.begin();
  return call;
}

/** An error answer is read only so far: it is for a message of 500 characters. */
const maxErrorBody = 65_536;

class Call implements UpstreamCall, Dispatcher.DispatchHandler {
  readonly #context: UpstreamContext;
  readonly #request: CallRequest;
  readonly #sink: UpstreamSink;
  readonly #signal: AbortSignal;
  #controller: Dispatcher.DispatchController | undefined;
  #retryTimer: NodeJS.Timeout | undefined;
  #attempt = 0;
  #status = 0;
  #good = false;
  #done = false;
  #errorHeaders: IncomingHttpHeaders = {};
  #errorBody: Buffer[] = [];
  #errorSize = 0;
  readonly #startedAt = performance.now();

  constructor(context: UpstreamContext, request: CallRequest, sink: UpstreamSink, signal: AbortSignal) {
    this.#context = context;
    this.#request = request;
    this.#sink = sink;
    this.#signal = signal;
  }

  begin(): void {
    if (this.#signal.aborted) {
      this.#done = true;
      // Later, so that the caller holds the handle before the sink is spoken to.
      queueMicrotask(() => this.#sink.fail(this.#signal.reason));
      return;
    }
    this.#signal.addEventListener("abort", this);
    this.#send();
  }

  /** The signal's listener; an object with this method spares a closure per call. */
  handleEvent(): void {
    this.#stop(this.#signal.reason);
    this.#sink.fail(this.#signal.reason);
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }

  abort(): void {
    this.#stop(undefined);
  }

  #send(): void {
    const { method, path, headers, body, timeoutMs } = this.#request;
    this.#controller = undefined;
    this.#status = 0;
    this.#errorBody = [];
    this.#errorSize = 0;
    try {
      this.#context.pool.dispatch(
        { method, path, headers: headers as Record<string, string>, body, headersTimeout: timeoutMs, bodyTimeout: this.#context.idleTimeoutMs },
        this,
      );
    } catch (error) {
      // undici throws on a header or a path it does not take: a fault of the settings, not of the provider.
      this.#fail(brokenConnection(this.#context, error, false));
    }
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // A request that was aborted while it waited for a socket is taken back here, before a byte of it is sent.
    if (this.#done) controller.abort(abortedByUs);
    else this.#controller = controller;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (this.#done || status < 200) return;
    this.#status = status;
    if (status < 300) {
      this.#good = true;
      const type = headers["content-type"];
      this.#sink.start(typeof type === "string" ? type : "");
    } else {
      this.#errorHeaders = headers;
    }
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#done) return;
    if (this.#good) {
      this.#sink.data(chunk);
    } else if (this.#errorSize < maxErrorBody) {
      this.#errorSize += chunk.length;
      this.#errorBody.push(chunk);
    } else {
      // Enough for a message; the rest may be endless.
      const controller = this.#controller;
      this.#refused();
      controller?.abort(abortedByUs);
    }
  }

  onResponseEnd(): void {
    if (this.#done) return;
    if (!this.#good) {
      this.#refused();
      return;
    }
    this.#leave();
    this.#context.health.lastSuccessAt = this.#context.now();
    this.#context.health.isFailing = false;
    this.#tell("ok");
    this.#sink.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#done || error === abortedByUs) return;
    if (this.#status >= 300) {
      // The connection broke inside an error answer: the status says enough.
      this.#refused();
      return;
    }
    const broken = brokenConnection(this.#context, error, this.#good);
    if (this.#good || !broken.retryable || !this.#retry(undefined)) this.#fail(broken);
  }

  #refused(): void {
    const body = Buffer.concat(this.#errorBody).toString("utf8");
    const retryAfter = retryAfterMs(this.#errorHeaders, this.#context.now());
    const refusal = refusedRequest(this.#context, this.#status, body, retryAfter);
    if (!refusal.retryable || !this.#retry(retryAfter)) this.#fail(refusal);
  }

  /** Plans the next attempt with full jitter, or for the time the provider named. False when there is none left. */
  #retry(afterMs: number | undefined): boolean {
    const { retries, retryBaseMs, maxRetryWaitMs } = this.#context;
    if (this.#attempt >= retries || (afterMs ?? 0) > maxRetryWaitMs) return false;
    const jitter = Math.random() * Math.min(retryBaseMs * 2 ** this.#attempt, maxRetryWaitMs);
    this.#attempt += 1;
    this.#controller = undefined;
    // Jitter on top of Retry-After too: the provider told everyone the same second.
    this.#retryTimer = setTimeout(() => this.#send(), afterMs === undefined ? jitter : afterMs + Math.min(jitter, 250));
    return true;
  }

  #fail({ error }: Refusal): void {
    this.#leave();
    if (error instanceof GatewayError && error.code !== "bad_request" && error.code !== "not_found") {
      this.#context.health.lastErrorAt = this.#context.now();
      this.#context.health.lastError = error.code;
      this.#context.health.isFailing = true;
    }
    this.#tell(error instanceof GatewayError ? error.code : "internal_error");
    this.#sink.fail(error);
  }

  #stop(reason: unknown): void {
    if (this.#done) return;
    const controller = this.#controller;
    this.#leave();
    this.#tell("cancelled");
    controller?.abort(reason instanceof Error ? reason : abortedByUs);
  }

  #tell(outcome: string): void {
    this.#context.onCall?.(this.#context.name, outcome, performance.now() - this.#startedAt);
  }

  #leave(): void {
    this.#done = true;
    this.#controller = undefined;
    clearTimeout(this.#retryTimer);
    this.#signal.removeEventListener("abort", this);
  }
}

const abortedByUs = new Error("The gateway no longer wants this answer.");
