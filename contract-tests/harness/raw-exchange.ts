import { connect } from "node:net";
import { text } from "node:stream/consumers";

export interface RawAnswer {
  status: number;
  headers: Headers;
  body: string;
}

/**
 * Sends bytes that no HTTP client would, and reads until the gateway closes the connection; the request asks for that, or is
 * one that must end it. The answer is not chunked.
 */
export async function exchange(url: string, ...parts: readonly (string | Buffer)[]): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  for (const part of parts) socket.write(part);
  const answer = await text(socket);
  const [head = "", body = ""] = answer.split(/\r\n\r\n([^]*)/, 2);
  const [line = "", ...fields] = head.split("\r\n");
  const headers = new Headers(fields.map((field): [string, string] => [field.slice(0, field.indexOf(":")), field.slice(field.indexOf(":") + 1).trim()]));
  return { status: Number(line.split(" ")[1]), headers, body };
}
