import type { OperationId } from "./contract.ts";

/** A request as it went out. */
export interface Sent {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string | undefined;
}

/** A request and its answer, read whole. */
export interface Exchange {
  operationId: OperationId;
  sent: Sent;
  status: number;
  headers: Headers;
  /** In lower case and without its parameters; empty when there is none. */
  mediaType: string;
  /** The body; of a stream that has no end, what came of it. A stream's lines end in `\n`, whichever of the three ends it was sent with. */
  text: string;
}

export function mediaTypeOf(headers: Headers): string {
  return (headers.get("Content-Type") ?? "").split(";")[0]!.trim().toLowerCase();
}

/** The request as a line of curl that anybody can try, the token left to the environment. */
export function curlOf({ method, url, headers, body }: Sent): string {
  const shown = Object.entries(headers).map(([name, value]) => (name === "Authorization" ? `-H "Authorization: ${maskedBearer(value)}"` : `-H ${quoted(`${name}: ${value}`)}`));
  const data = body === undefined ? [] : body.length > mostShown ? [`--data-binary ${quoted(body.slice(0, mostShown))} # … ${body.length} characters`] : [`--data-binary ${quoted(body)}`];
  return ["curl", "-i", ...(method === "GET" ? [] : method === "HEAD" ? ["-I"] : ["-X", method]), quoted(url), ...shown, ...data].join(" ");
}

const mostShown = 1000;

/** A token that was made up for a test is shown. */
const maskedBearer = (value: string) => (value === wrongBearer ? value : "Bearer $OPENCLAW_TOKEN");

/** A token that is nobody's. */
export const wrongBearer = "Bearer oc_tok_of_nobody_conformance";

const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`;
