import { ToolError } from "../port.ts";
import { mostBytes, type Received } from "./fetch-send.ts";
import { htmlText } from "./html-text.ts";

/** The text of an answer's body: that of a page where it is HTML. Throws a ToolError on what is not text. */
export function textOf({ headers, body, isCut }: Received): string {
  const encoding = one(headers["content-encoding"]) ?? "identity";
  if (encoding !== "identity") throw new ToolError(`The answer is compressed (${encoding}), although it was asked for as it is.`);
  const [mediaType = "", ...parameters] = (one(headers["content-type"]) ?? "text/plain").toLowerCase().split(";").map((part) => part.trim());
  if (!isText(mediaType)) throw new ToolError(`The answer is no text but ${mediaType || "something unnamed"}.`);
  const text = decoderOf(parameters).decode(body, { stream: isCut });
  const shown = mediaType === "text/html" || mediaType === "application/xhtml+xml" ? htmlText(text) : text;
  return isCut ? `${shown}\n[The answer was cut: these are its first ${mostBytes} bytes.]` : shown;
}

function isText(mediaType: string): boolean {
  return /^text\/|^application\/(?:json|xml|javascript|ecmascript|x-ndjson|jsonl|yaml|x-yaml|toml|graphql|sql|x-sh|x-www-form-urlencoded)$|\+(?:json|xml|yaml)$/.test(mediaType);
}

/** UTF-8 where nothing is said, or something that nobody knows. */
function decoderOf(parameters: readonly string[]): InstanceType<typeof TextDecoder> {
  const charset = parameters.find((parameter) => parameter.startsWith("charset="))?.slice("charset=".length).replaceAll('"', "");
  try {
    return new TextDecoder(charset || "utf-8");
  } catch {
    return new TextDecoder();
  }
}

const one = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value);
