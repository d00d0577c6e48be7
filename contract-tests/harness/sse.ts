import { createParser } from "eventsource-parser";

export interface ReceivedEvent {
  id: string;
  /** Parsed, or the text itself where it is not JSON (`[DONE]`). */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into events of five faces
  data: any;
}

/** The events of a streaming answer, as they come. Leaving the loop closes the connection. */
export async function* readEvents(response: Response): AsyncGenerator<ReceivedEvent> {
  const events: ReceivedEvent[] = [];
  const parser = createParser({
    onEvent: ({ id, data }) => events.push({ id: id ?? "", data: data.startsWith("{") ? JSON.parse(data) : data }),
  });
  const decoder = new TextDecoder();
  for await (const chunk of response.body!) {
    parser.feed(decoder.decode(chunk as Uint8Array, { stream: true }));
    yield* events.splice(0);
  }
}
