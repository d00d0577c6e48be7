import { badAnswer } from "./upstream-errors.ts";
import type { UpstreamCall, UpstreamSink } from "./upstream-call.ts";

/** A plain JSON answer may be this long, in bytes. */
const maxJsonBody = 32 * 1024 * 1024;

/** Runs a call whose answer is one JSON document, and parses it. Rejects with a GatewayError or the signal's reason. */
export function collectBody(name: string, begin: (sink: UpstreamSink) => UpstreamCall): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const body = createBodyBuffer(name);
    const call = begin({
      start() {},
      data(chunk) {
        try {
          body.add(chunk);
        } catch (error) {
          call.abort();
          reject(error);
        }
      },
      end() {
        try {
          resolve(body.json());
        } catch (error) {
          reject(error);
        }
      },
      fail: reject,
    });
  });
}

/** Gathers the chunks of one JSON document, bounded. */
export function createBodyBuffer(name: string): { add(chunk: Buffer): void; json(): unknown } {
  const chunks: Buffer[] = [];
  let size = 0;
  return {
    add(chunk) {
      size += chunk.length;
      if (size > maxJsonBody) throw badAnswer(name, `The answer is longer than ${maxJsonBody} bytes.`);
      chunks.push(chunk);
    },
    json() {
      const text = (chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)).toString("utf8");
      try {
        return JSON.parse(text) as unknown;
      } catch (error) {
        throw badAnswer(name, "The answer is not JSON.", error);
      }
    },
  };
}
