import type { StreamOptions } from "./call-options.ts";
import { OpenClawConnectionError, OpenClawError } from "./error.ts";
import { errorFromEvent } from "./error-from.ts";
import { readEvents, type RawEvent } from "./read-events.ts";
import { reasonOf } from "./send.ts";
import { sleep } from "./sleep.ts";

/** How a stream is begun, and how it is taken up again behind an event. Both throw an OpenClawError on an error answer. */
export interface StreamSource {
  open(signal: AbortSignal): Promise<Response>;
  /** From the first event without one to go on behind. */
  resume(runId: string, lastEventId: string | undefined, signal: AbortSignal): Promise<Response>;
  cancel(runId: string): Promise<void>;
}

/** With the waits below about 20 s: the gateway keeps a run for 30 s after its last reader has gone. */
const mostResumes = 8;
const firstWaitMs = 200;
const longestWaitMs = 5000;

/**
 * A turn's events, one for each turn of `for await`. The request is sent when the loop begins, and aborted when it is left:
 * the turn goes on then, as it was begun with an `Idempotency-Key`; `cancel` ends it. A connection that breaks off is taken
 * up again behind the last event that came, so that nothing is lost or doubled; it gives up after eight attempts in a row.
 * The gateway's error event is thrown as an OpenClawError.
 */
export class EventStream<Event> implements AsyncIterable<Event> {
  readonly #source: StreamSource;
  readonly #signal: AbortSignal | undefined;
  readonly #onReconnect: StreamOptions["onReconnect"];
  #isRead = false;
  #isCancelled = false;
  #opening: Promise<Response> | undefined;
  #runId: string | undefined;
  #requestId: string | undefined;

  constructor(source: StreamSource, { signal, onReconnect }: StreamOptions = {}) {
    this.#source = source;
    this.#signal = signal;
    this.#onReconnect = onReconnect;
  }

  /** The run behind the stream, for `runs.get` and `runs.cancel`; known once the loop has begun. */
  get runId(): string | undefined {
    return this.#runId;
  }

  /** What the gateway's log has the request under; known once the loop has begun. */
  get requestId(): string | undefined {
    return this.#requestId;
  }

  /** Begins the turn. Can be done once: each loop would be a turn of its own. */
  [Symbol.asyncIterator](): AsyncGenerator<Event, void, undefined> {
    if (this.#isRead) throw new Error("This stream has been read already. Make another for another turn.");
    this.#isRead = true;
    return this.#read();
  }

  /**
   * Ends the turn for everybody, and resolves once it has ended; what was said so far is kept. A loop that goes on is thrown
   * `cancelled`. One that has not begun never does.
   */
  async cancel(): Promise<void> {
    this.#isRead = true;
    this.#isCancelled = true;
    await this.#opening?.catch(() => {});
    if (this.#runId !== undefined) await this.#source.cancel(this.#runId);
  }

  async *#read(): AsyncGenerator<Event, void, undefined> {
    const controller = new AbortController();
    const abort = () => controller.abort(this.#signal?.reason);
    if (this.#signal?.aborted) abort();
    this.#signal?.addEventListener("abort", abort, { once: true });
    try {
      yield* this.#events(controller.signal);
    } finally {
      this.#signal?.removeEventListener("abort", abort);
      controller.abort();
    }
  }

  async *#events(signal: AbortSignal): AsyncGenerator<Event, void, undefined> {
    if (this.#isCancelled) return;
    this.#opening = this.#source.open(signal).then((opened) => {
      this.#runId = opened.headers.get("x-run-id") ?? undefined;
      return opened;
    });
    let response = await this.#opening;
    const headers = Object.fromEntries(response.headers);
    this.#requestId = headers["x-request-id"];
    let lastEventId: string | undefined;
    let resumes = 0;
    // 204: whoever has seen the terminal event has missed nothing.
    while (response.body !== null && response.status !== 204) {
      const events = readEvents(response.body);
      try {
        for (;;) {
          const { event: raw, cut } = await next(events, signal);
          if (cut !== undefined) {
            if ((this.#runId ?? lastEventId) === undefined) throw new OpenClawConnectionError(`The stream broke off before its first event: ${cut.message}`, cut);
            ({ response, resumes } = await this.#resume(lastEventId, resumes, cut, signal));
            break;
          }
          resumes = 0;
          lastEventId = raw.id ?? lastEventId;
          this.#runId ??= runOf(lastEventId);
          const event = parse(raw.data);
          const error = errorFromEvent(event, headers);
          if (error) throw error;
          yield event as Event;
          if (isTerminal(event)) return await drain(events);
        }
      } finally {
        // Not waited for: a read that is still under way ends with the request's abort.
        events.return().catch(() => {});
      }
    }
  }

  async #resume(lastEventId: string | undefined, resumesSoFar: number, cut: Error, signal: AbortSignal): Promise<{ response: Response; resumes: number }> {
    const runId = this.#runId ?? runOf(lastEventId);
    let cause = cut;
    this.#onReconnect?.(cut);
    for (let resumes = resumesSoFar; resumes < mostResumes && runId !== undefined; ) {
      await waitBetween(resumes++, cause, signal);
      try {
        return { response: await this.#source.resume(runId, lastEventId, signal), resumes };
      } catch (error) {
        if (!(error instanceof OpenClawError) || !mayPass(error)) throw error;
        cause = error;
      }
    }
    throw new OpenClawConnectionError(`The stream broke off and could not be taken up again: ${cause.message}`, cause);
  }
}

/** The next event, or what cut the stream off before its terminal one. */
async function next(events: AsyncGenerator<RawEvent, void>, signal: AbortSignal): Promise<{ event: RawEvent; cut?: never } | { event?: never; cut: Error }> {
  signal.throwIfAborted();
  try {
    const { done, value } = await events.next();
    return done ? { cut: new Error("the connection was closed") } : { event: value };
  } catch (error) {
    signal.throwIfAborted();
    return { cut: new Error(reasonOf(error), { cause: error }) };
  }
}

/** Lets the answer end by itself, so that its connection can serve the next request; but does not wait long for it. */
async function drain(events: AsyncGenerator<RawEvent, void>): Promise<void> {
  const ended = new AbortController();
  await Promise.race([events.next(), sleep(500, ended.signal)]).catch(() => {});
  ended.abort();
}

/** Waits before a stream is taken up again, longer each time, and as long as the gateway asks. */
export async function waitBetween(attempts: number, cause: Error, signal: AbortSignal): Promise<void> {
  const backoffMs = Math.min(firstWaitMs * 2 ** attempts, longestWaitMs) * (0.75 + Math.random() / 2);
  const askedMs = cause instanceof OpenClawError ? (cause.retryAfter ?? 0) * 1000 : 0;
  await sleep(Math.max(backoffMs, askedMs), signal);
}

/** Whether trying again may help. */
export function mayPass({ status }: OpenClawError): boolean {
  return status === 0 || status === 429 || (status >= 502 && status <= 504);
}

/** Ids of events are `<run>:<n>`. */
function runOf(eventId: string | undefined): string | undefined {
  const end = eventId?.lastIndexOf(":") ?? -1;
  return end > 0 ? eventId?.slice(0, end) : undefined;
}

/** Everything is JSON but OpenAI's `[DONE]`. */
function parse(data: string): unknown {
  if (data === "[DONE]") return data;
  try {
    return JSON.parse(data);
  } catch (cause) {
    throw new OpenClawError({ code: "unexpected_answer", message: "An event of the stream is not JSON.", status: 200, cause });
  }
}

function isTerminal(event: unknown): boolean {
  if (event === "[DONE]") return true;
  if (typeof event !== "object" || event === null || !("type" in event)) return false;
  return event.type === "done" || event.type === "end";
}
