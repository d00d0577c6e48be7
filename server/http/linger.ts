import { finished } from "node:stream";
import type { Context } from "koa";

/** As long as Apache does. */
const longestLingerMs = 2000;

/**
 * Answers a request whose body is not wanted, and closes the connection once the body has arrived, or some time has gone by.
 * To close it at once, on a client that is still sending, would make its system throw away the answer unread (RFC 9112, 9.6).
 */
export function answerAndLinger(koa: Context, status: number, text: string): void {
  const { req, res } = koa;
  koa.respond = false;
  res.writeHead(status, { "Content-Type": "application/json; charset=utf-8", "Content-Length": Buffer.byteLength(text), Connection: "close" });
  res.write(text);
  const end = () => {
    clearTimeout(timer);
    res.end();
  };
  const timer = setTimeout(end, longestLingerMs);
  finished(req.resume(), { writable: false }, end);
}
