import { McpError } from "./mcp-error.ts";

const newline = 10;
const carriageReturn = 13;

/**
 * `fetch` that gives a body up once more than `maxBytes` of it belong together: all of an answer, or one event of a stream,
 * which may itself go on for ever. The SDK would read them whole.
 */
export function createBoundedFetch(maxBytes: number): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    if (response.body === null) return response;
    const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") === true;
    return new Response(response.body.pipeThrough(isStream ? boundedEvents(maxBytes) : boundedWhole(maxBytes)), response);
  };
}

function boundedWhole(maxBytes: number): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.length;
      pass(chunk, bytes, maxBytes, controller);
    },
  });
}

/** An event of a stream ends with an empty line. */
function boundedEvents(maxBytes: number): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  let lineLength = 0;
  let last: number | undefined;
  return new TransformStream({
    transform(chunk, controller) {
      let lineStart = 0;
      let most = 0;
      for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, lineStart)) {
        const length = lineLength + at - lineStart;
        const before = at === 0 ? last : chunk[at - 1];
        bytes = length === 0 || (length === 1 && before === carriageReturn) ? 0 : bytes + length + 1;
        most = Math.max(most, bytes);
        lineLength = 0;
        lineStart = at + 1;
      }
      lineLength += chunk.length - lineStart;
      last = chunk.at(-1) ?? last;
      pass(chunk, Math.max(most, bytes + lineLength), maxBytes, controller);
    },
  });
}

function pass(chunk: Uint8Array, bytes: number, maxBytes: number, controller: TransformStreamDefaultController<Uint8Array>): void {
  if (bytes > maxBytes) controller.error(new McpError(`the server sent more than ${maxBytes} bytes at once`));
  else controller.enqueue(chunk);
}
