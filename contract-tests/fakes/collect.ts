import type { ModelEvent, ModelMessage, ModelRequest } from "../../server/providers/port.ts";

/** Every event of a model call. */
export async function collect(batches: AsyncIterable<readonly ModelEvent[]>): Promise<ModelEvent[]> {
  return (await Array.fromAsync(batches)).flat();
}

/** The text of the events, joined. */
export function textOf(events: readonly ModelEvent[]): string {
  return events.map((event) => (event.type === "text" ? event.text : "")).join("");
}

/** A request with one user message, or with the messages given. */
export function requestOf(said: string | readonly ModelMessage[], rest: Partial<ModelRequest> = {}): ModelRequest {
  return { model: "gpt-5-mini", messages: typeof said === "string" ? [{ role: "user", content: said }] : said, stream: true, ...rest };
}

/** What a promise or an iteration rejects with; fails when it does not. */
export async function failure(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("It was expected to fail.");
}
