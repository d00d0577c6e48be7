import { json } from "./layout.ts";
import type { SampleRequest } from "./request.ts";

/** For a POSIX shell. The token is in `OPENCLAW_TOKEN`. */
export function curlSample({ id, method, url, headers, body, needsToken, answer, asksForEvents }: SampleRequest): string {
  const socket = id === "openSocket";
  const given = { ...(socket ? { Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "b3BlbmNsYXcgb3BlbmNsYQ==" } : {}), ...headers };
  const options = [
    ...(answer === "events" ? ["--no-buffer"] : []),
    ...(socket ? ["--http1.1 --include --no-buffer"] : []),
    ...(method === (body === undefined ? "GET" : "POST") ? [] : [`-X ${method}`]),
    ...(needsToken ? ['-H "Authorization: Bearer $OPENCLAW_TOKEN"'] : []),
    ...(asksForEvents ? ['-H "Accept: text/event-stream"'] : []),
    ...Object.entries(given).map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`),
    ...(body === undefined ? [] : [`--json ${quote(json(body))}`]),
  ];
  return [`curl ${quote(url)}`, ...options].join(" \\\n  ");
}

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
