import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { GatewayError } from "../errors.ts";
import { badRequest } from "./validate.ts";

/** Deeper JSON than this is nobody's request; it would only exhaust the stack of whoever walks it. */
const mostLevels = 100;

/**
 * Reads the bytes of a request's body, sent as one of the media types; none when there is none. Throws `unsupported_media_type` and
 * `payload_too_large`.
 */
export async function readBody(request: IncomingMessage, maxBytes: number, mediaTypes: readonly string[]): Promise<Buffer> {
  const mediaType = request.headers["content-type"];
  const length = Number(request.headers["content-length"] ?? Number.NaN);
  if (length > maxBytes) throw tooLarge(maxBytes);
  if (mediaType === undefined || !isOneOf(mediaTypes, mediaType) || request.headers["content-encoding"] !== undefined) {
    if (length === 0 || (mediaType === undefined && !request.headers["transfer-encoding"] && Number.isNaN(length))) return nothing;
    throw new GatewayError("unsupported_media_type", `Send the body as \`Content-Type: ${mediaTypes.join("` or `")}\`, in UTF-8 and not compressed.`);
  }
  return await readBytes(request, maxBytes);
}

/** A body's bytes as JSON (RFC 8259, UTF-8). Throws `bad_request` with what is wrong with it. */
export function parseJsonBody(bytes: Buffer): unknown {
  if (bytes.length === 0) throw bodyRequired();
  if (!isUtf8(bytes)) throw badRequest([{ path: "", message: "is not valid UTF-8" }]);
  const text = bytes.toString("utf8");
  if (isDeep(text)) throw badRequest([{ path: "", message: `is nested deeper than ${mostLevels} levels` }]);
  try {
    return JSON.parse(text);
  } catch (error) {
    // Where it is wrong, and nothing else of what the parser says: it quotes the body, which may hold a secret.
    const [place = ""] = / \(line \d+ column \d+\)/.exec((error as Error).message) ?? [];
    throw new GatewayError("bad_request", `The body is not valid JSON${place}.`, { details: { errors: [{ path: "", message: "is not valid JSON" }] } });
  }
}

async function readBytes(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) {
        request.removeAllListeners("data");
        // What is still to come is read and dropped, so that the client gets to see the answer.
        request.resume();
        reject(tooLarge(maxBytes));
        return;
      }
      chunks.push(chunk);
    });
    request.on("end", () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    request.on("error", (cause) => reject(new GatewayError("bad_request", "The body was cut off.", { cause })));
    request.on("aborted", () => reject(new GatewayError("bad_request", "The body was cut off.")));
  });
}

function isOneOf(mediaTypes: readonly string[], written: string): boolean {
  if (mediaTypes.includes(written)) return true;
  const [, name = ""] = /^([\w.+/-]+)\s*(?:;\s*charset="?utf-?8"?\s*)?$/i.exec(written) ?? [];
  return mediaTypes.includes(name.toLowerCase());
}

const nothing = Buffer.alloc(0);

const bodyRequired = () => badRequest([{ path: "", message: "is required" }]);

const tooLarge = (limitBytes: number) => new GatewayError("payload_too_large", `The body is larger than ${limitBytes} bytes.`, { details: { limitBytes } });

/** One pass over the text, before anything recursive sees it. */
function isDeep(text: string): boolean {
  let level = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (inString) {
      if (character === 0x5c) at++;
      else if (character === 0x22) inString = false;
    } else if (character === 0x22) inString = true;
    else if (character === 0x7b || character === 0x5b) {
      if (++level > mostLevels) return true;
    } else if (character === 0x7d || character === 0x5d) level--;
  }
  return false;
}
