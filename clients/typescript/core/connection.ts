import { bodyOf, streamOf } from "./answers.ts";
import type { CallOptions, StreamOptions } from "./call-options.ts";
import type { AnswerOf, CallableId, EventsOf, OperationId, Parameters, StreamingId } from "./contract.ts";
import { watchDeprecations, type Deprecation } from "./deprecation.ts";
import { EventStream } from "./event-stream.ts";
import { stalledAfterMs } from "./read-events.ts";
import { isText, requestOf, type Input } from "./request.ts";
import { createSend } from "./send.ts";

/** Where the gateway is, and how its client behaves. */
export interface ConnectionOptions {
  baseUrl: string;
  token?: string | undefined;
  /** Another fetch than the platform's: a proxy, a test, instrumentation. */
  fetch?: typeof globalThis.fetch | undefined;
  /** How often a request is tried again at the most. Default 2; 0 for never. */
  maxRetries?: number | undefined;
  /** How long a call may take with all that is tried again, and a stream until it begins. Default 10 minutes. */
  timeoutMs?: number | undefined;
  /** Told of each operation that is used although the gateway calls it deprecated, once: time to change the program. */
  onDeprecated?: ((deprecation: Deprecation) => void) | undefined;
}

/** The gateway as both packages see it. Everything throws an OpenClawError for an error answer. */
export interface Connection {
  /** Calls an operation and waits for its answer. */
  call: <Operation extends CallableId>(operation: Operation, ...parameters: Parameters<Operation, CallOptions>) => Promise<AnswerOf<Operation>>;
  /** A turn as events, or those of a run; begun when its loop begins. */
  stream: <Operation extends StreamingId>(operation: Operation, ...parameters: Parameters<Operation, StreamOptions>) => EventStream<EventsOf<Operation>>;
  /** The answer to an operation as a stream whose body is unread; `timeoutMs` is until it begins. The signal is this stream's alone. */
  open: (operation: OperationId, input: Input, options: CallOptions) => Promise<Response>;
}

export function createConnection({ baseUrl, token, fetch, maxRetries = 2, timeoutMs = 600_000, onDeprecated }: ConnectionOptions): Connection {
  // Throws at once on an address that is none, and not with the first request.
  const base = new URL(baseUrl).href.replace(/\/+$/, "");
  const send = createSend(fetch ?? ((input, init) => globalThis.fetch(input, init)));
  const watch = watchDeprecations(onDeprecated);
  const limits = { maxRetries, timeoutMs };

  const connection: Connection = {
    async call(operation, ...[input = {}, options = {}]) {
      const text = isText(operation);
      const request = requestOf(operation, input as Input, { baseUrl: base, token, accept: text ? "*/*" : "application/json", idempotencyKey: options.idempotencyKey });
      const answer = await send(request, { ...limits, ...given(options) }, (response) => {
        watch(operation, response);
        return bodyOf(response, text);
      });
      return answer as AnswerOf<typeof operation>;
    },
    stream(operation, ...[input = {}, options = {}]) {
      // Of a run's events, those behind `after` were asked for, and none of them may have come.
      const after = (input as { query?: { after?: string } }).query?.after;
      const resume = (runId: string, lastEventId: string | undefined, signal: AbortSignal) =>
        connection.open("streamRunEvents", { path: { runId }, headers: { "Last-Event-ID": lastEventId ?? after } }, { signal, maxRetries: 0, timeoutMs: stalledAfterMs });
      return new EventStream<EventsOf<typeof operation>>(
        {
          open: (signal) => connection.open(operation, input as Input, { ...options, signal }),
          resume,
          cancel: async (runId) => void (await connection.call("cancelRun", { path: { runId } })),
        },
        options,
      );
    },
    open(operation, input, { idempotencyKey, ...options }) {
      const request = requestOf(operation, input, { baseUrl: base, token, accept: "text/event-stream", idempotencyKey });
      // A GET that begins a turn, for what can send nothing else: it has no key, and is sent once.
      const once = operation === "streamChatByQuery" ? { maxRetries: 0 } : {};
      return send(request, { ...limits, ...given(options), ...once, isStream: true }, (response) => {
        watch(operation, response);
        return streamOf(response);
      });
    },
  };
  return connection;
}

/** What was given and is not undefined. */
function given({ signal, maxRetries, timeoutMs }: CallOptions) {
  return { signal, ...(maxRetries === undefined ? {} : { maxRetries }), ...(timeoutMs === undefined ? {} : { timeoutMs }) };
}
