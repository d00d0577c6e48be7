import type { Connection } from "../../core/connection.ts";
import type { CallOptions, EventStream, EventsOf, Schemas, StreamOptions } from "../../core/index.ts";

export interface RunEventsOptions extends StreamOptions {
  /** The `id:` of the last event received, such as `run_…:12`: the events behind it. From the first without it. */
  after?: string | undefined;
}

/** Turns, apart from the connection that began them. */
export interface Runs {
  /** The run as it stands. Throws `not_found`. */
  get(runId: string, options?: CallOptions): Promise<Schemas["Run"]>;
  /** Its events, in the face it began in, while it runs and for ten minutes after. Throws `not_found` when they are gone. */
  events(runId: string, options?: RunEventsOptions): EventStream<EventsOf<"streamRunEvents">>;
  /** Ends it, and resolves once that is done; what was said so far is kept. */
  cancel(runId: string, options?: CallOptions): Promise<Schemas["Run"]>;
}

/** @internal */
export function createRuns({ call, stream }: Connection): Runs {
  return {
    get: (runId, options) => call("getRun", { path: { runId } }, options),
    events: (runId, { after, ...options } = {}) => stream("streamRunEvents", { path: { runId }, query: after === undefined ? {} : { after } }, options),
    cancel: (runId, options) => call("cancelRun", { path: { runId } }, options),
  };
}
