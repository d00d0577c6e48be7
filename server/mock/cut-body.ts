import type { ServerResponse } from "node:http";

/** Lets so many bytes of a body out, then cuts the connection: its client was promised more. A shorter body is sent whole. */
export function cutBody(response: ServerResponse, mostBytes: number): void {
  const end = response.end.bind(response) as (text?: unknown) => ServerResponse;
  response.end = ((text?: unknown) => {
    const bytes = Buffer.from(typeof text === "string" ? text : "");
    if (bytes.length <= mostBytes) return end(text);
    response.flushHeaders();
    if (mostBytes > 0) response.write(bytes.subarray(0, mostBytes));
    // What was written is on its way by the next round.
    setImmediate(() => response.destroy());
    return response;
  }) as typeof response.end;
}
