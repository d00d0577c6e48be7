import type { EventStream, EventsOf } from "../../core/index.ts";

/** An answer as it is made. The loop over it yields its text, piece by piece; leaving the loop lets the turn go on, `cancel` ends it. */
export class TokenStream implements AsyncIterable<string> {
  readonly #events: EventStream<EventsOf<"streamMessage">>;

  constructor(events: EventStream<EventsOf<"streamMessage">>) {
    this.#events = events;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string, void, undefined> {
    for await (const event of this.#events) if (event.type === "token") yield event.content;
  }

  /** Ends the turn for everybody, and resolves once it has ended; a loop that goes on is thrown `cancelled`. */
  cancel(): Promise<void> {
    return this.#events.cancel();
  }

  /** Everything instead of the text alone: token, tool_use, tool_result, and one done. Loop over the one or the other. */
  events(): EventStream<EventsOf<"streamMessage">> {
    return this.#events;
  }
}
