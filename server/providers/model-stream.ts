/**
 * One call of a remote model as an `AsyncIterable` of batches of events.
 *
 * It is written as an iterator by hand, not as an async generator: events that came in one read of the socket lie in a
 * queue and are handed out with one promise, where a generator over a generator over a `Readable` costs four each.
 * Back-pressure: when more than `pauseAbove` events wait, the provider's socket is no longer read.
 */
import { StringDecoder } from "node:string_decoder";
import { createParser, type EventSourceMessage, type EventSourceParser } from "eventsource-parser";
import { createBodyBuffer } from "./collect-body.ts";
import type { ModelEvent } from "./port.ts";
import type { UpstreamCall, UpstreamSink } from "./upstream-call.ts";
import { badAnswer } from "./upstream-errors.ts";

/** Reads one protocol's answers. An instance lives as long as one call; its methods throw a GatewayError. */
export interface AnswerDecoder {
  /** Takes the data of one SSE event and adds what it means to `out`. */
  event(data: string, out: ModelEvent[]): void;
  /** Takes a whole JSON answer. */
  whole(answer: unknown, out: ModelEvent[]): void;
  /** The stream has ended; throws when the answer was not complete. */
  end(out: ModelEvent[]): void;
  /** Whether `finished` has been added. */
  readonly complete: boolean;
}

export interface ModelCall {
  /** The provider's name, for messages. */
  name: string;
  /** Whether an event stream was asked for. */
  stream: boolean;
  decoder: AnswerDecoder;
  /** Sends the request; called when the first event is asked for. May throw a GatewayError about the request. */
  open(sink: UpstreamSink): UpstreamCall;
}

export function streamModel(call: ModelCall, signal: AbortSignal): AsyncIterable<readonly ModelEvent[]> {
  return new ModelStream(call, signal);
}

const pauseAbove = 64;
/** Characters without a single whole event, after which the stream is taken for garbage. */
const maxEventSize = 4 * 1024 * 1024;
/** After the last event, a provider has this long to end its answer, so that the socket can be used again. */
const drainMs = 1_000;

type Result = IteratorResult<readonly ModelEvent[]>;

const finished: Result = { done: true, value: undefined };

class ModelStream implements AsyncIterableIterator<readonly ModelEvent[]>, UpstreamSink {
  readonly #model: ModelCall;
  readonly #decoder: AnswerDecoder;
  readonly #signal: AbortSignal;
  #queue: ModelEvent[] = [];
  #call: UpstreamCall | undefined;
  #opened = false;
  #paused = false;
  /** No event will be added any more. */
  #ended = false;
  #failure: { error: unknown } | undefined;
  #waiting: { resolve(result: Result): void; reject(error: unknown): void } | undefined;
  #body: { add(chunk: Buffer): void; json(): unknown } | undefined;
  #parser: EventSourceParser | undefined;
  #text: StringDecoder | undefined;
  #sinceEvent = 0;
  #drainTimer: NodeJS.Timeout | undefined;

  constructor(model: ModelCall, signal: AbortSignal) {
    this.#model = model;
    this.#decoder = model.decoder;
    this.#signal = signal;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Result> {
    const value = this.#take();
    if (value !== undefined) return Promise.resolve({ done: false, value });
    if (this.#failure !== undefined) {
      const { error } = this.#failure;
      this.#failure = undefined;
      return Promise.reject(error);
    }
    if (this.#ended) return Promise.resolve(finished);
    if (this.#waiting !== undefined) return Promise.reject(new Error("The next event has already been asked for."));
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#begin();
    });
  }

  return(): Promise<Result> {
    this.#queue = [];
    this.#failure = undefined;
    this.#opened = true;
    if (!this.#ended) {
      this.#ended = true;
      this.#call?.abort();
    } else if (this.#paused) {
      this.#paused = false;
      this.#call?.resume();
    }
    this.#waiting?.resolve(finished);
    this.#waiting = undefined;
    return Promise.resolve(finished);
  }

  start(contentType: string): void {
    // Servers that cannot stream answer with one JSON document although they were asked to, and some stream without saying so.
    const json = this.#model.stream ? contentType.startsWith("application/json") : !contentType.startsWith("text/event-stream");
    if (json) {
      this.#body = createBodyBuffer(this.#model.name);
      return;
    }
    this.#text = new StringDecoder("utf8");
    this.#parser = createParser({ onEvent: this.#onEvent });
  }

  data(chunk: Buffer): void {
    if (this.#ended) return;
    try {
      if (this.#body !== undefined) {
        this.#body.add(chunk);
        return;
      }
      this.#sinceEvent += chunk.length;
      this.#parser?.feed(this.#text?.write(chunk) ?? "");
      if (this.#sinceEvent > maxEventSize) throw badAnswer(this.#model.name, `${maxEventSize} bytes came without an event.`);
    } catch (error) {
      this.#call?.abort();
      this.fail(error);
      return;
    }
    if (this.#decoder.complete) this.#drain();
    this.#deliver();
  }

  end(): void {
    clearTimeout(this.#drainTimer);
    if (this.#ended) return;
    try {
      if (this.#body === undefined) this.#decoder.end(this.#queue);
      else this.#decoder.whole(this.#body.json(), this.#queue);
      this.#ended = true;
    } catch (error) {
      this.fail(error);
      return;
    }
    this.#deliver();
  }

  fail(error: unknown): void {
    clearTimeout(this.#drainTimer);
    if (this.#ended) return;
    this.#ended = true;
    // What came before a failure is still handed out; after an abort nobody wants it.
    if (this.#signal.aborted) this.#queue = [];
    const waiting = this.#waiting;
    this.#waiting = undefined;
    const value = waiting === undefined ? undefined : this.#take();
    if (value !== undefined) waiting?.resolve({ done: false, value });
    if (waiting === undefined || value !== undefined) this.#failure = { error };
    else waiting.reject(error);
  }

  readonly #onEvent = (event: EventSourceMessage): void => {
    this.#sinceEvent = 0;
    this.#decoder.event(event.data, this.#queue);
  };

  #begin(): void {
    if (this.#opened) return;
    this.#opened = true;
    try {
      this.#call = this.#model.open(this);
    } catch (error) {
      this.fail(error);
    }
  }

  #take(): readonly ModelEvent[] | undefined {
    const queue = this.#queue;
    if (queue.length === 0) return undefined;
    this.#queue = [];
    if (this.#paused) {
      this.#paused = false;
      this.#call?.resume();
    }
    return queue;
  }

  /** Gives the consumer what it waits for, and stops the provider when it does not wait. */
  #deliver(): void {
    const waiting = this.#waiting;
    if (waiting !== undefined) {
      const value = this.#take();
      if (value !== undefined) {
        this.#waiting = undefined;
        waiting.resolve({ done: false, value });
      } else if (this.#ended) {
        this.#waiting = undefined;
        waiting.resolve(finished);
      }
    }
    if (!this.#paused && !this.#ended && this.#queue.length > pauseAbove) {
      this.#paused = true;
      this.#call?.pause();
    }
  }

  #drain(): void {
    this.#ended = true;
    this.#drainTimer = setTimeout(() => this.#call?.abort(), drainMs);
    this.#drainTimer.unref();
  }
}
