import type { StreamOptions } from "./call-options.ts";
import type { Connection } from "./connection.ts";
import type { QueryOf, Schemas } from "./contract.ts";
import { mayPass, waitBetween } from "./event-stream.ts";
import { OpenClawConnectionError, OpenClawError } from "./error.ts";
import { readEvents, stalledAfterMs } from "./read-events.ts";
import { reasonOf } from "./send.ts";

export type FollowedEvents = Omit<QueryOf<"listEvents">, "limit">;

/** What happens in the gateway: messages, runs, channels, cron jobs. `list("listEvents")` has what has happened. */
export interface Events {
  /**
   * Events as they happen, behind the event `after`, or from now on. A connection that breaks off is taken up again behind the last event
   * that came, for as long as the loop is read; with no event yet and no `after`, from then on. Throws what waiting does not change.
   */
  follow(query?: FollowedEvents, options?: Pick<StreamOptions, "signal" | "onReconnect">): AsyncGenerator<Schemas["Event"], void, undefined>;
}

/** @internal */
export function createEvents({ open }: Pick<Connection, "open">): Events {
  return {
    async *follow({ after, ...query } = {}, { signal: callers, onReconnect } = {}) {
      // Leaving the loop ends the request as well.
      const controller = new AbortController();
      const { signal } = controller;
      const abort = () => controller.abort(callers?.reason);
      if (callers?.aborted) abort();
      callers?.addEventListener("abort", abort, { once: true });
      let last = after;
      let attempts = 0;
      try {
        for (;;) {
          let cause: OpenClawError;
          try {
            const { body } = await open("listEvents", { query: { ...query, after: last } }, { signal, maxRetries: 0, timeoutMs: stalledAfterMs });
            for await (const { id, data } of readEvents(body!)) {
              attempts = 0;
              last = id ?? last;
              yield JSON.parse(data) as Schemas["Event"];
            }
            cause = new OpenClawConnectionError("The connection was closed.", undefined);
          } catch (error) {
            signal.throwIfAborted();
            cause = error instanceof OpenClawError ? error : new OpenClawConnectionError(`The connection broke: ${reasonOf(error)}`, error);
            if (!mayPass(cause)) throw cause;
          }
          onReconnect?.(cause);
          await waitBetween(attempts++, cause, signal);
        }
      } finally {
        callers?.removeEventListener("abort", abort);
        controller.abort();
      }
    },
  };
}
