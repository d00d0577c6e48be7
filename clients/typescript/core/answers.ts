import { OpenClawConnectionError, OpenClawError } from "./error.ts";
import { errorFromAnswer } from "./error-from.ts";
import { reasonOf } from "./send.ts";

/** The body of an answer: JSON, or text where that is what the operation has. Throws the OpenClawError of an error answer. */
export async function bodyOf(response: Response, isText: boolean): Promise<unknown> {
  const text = await response.text();
  if (!response.ok) throw errorFromAnswer(response, parsed(text));
  if (isText) return text;
  if (text === "") return undefined;
  checkMediaType(response);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new OpenClawConnectionError(`The answer could not be read: ${reasonOf(error)}`, error);
  }
}

/** A stream with its body unread. Throws the OpenClawError of an error answer. */
export async function streamOf(response: Response): Promise<Response> {
  if (!response.ok) throw errorFromAnswer(response, parsed(await response.text()));
  if (response.status !== 204) checkMediaType(response);
  return response;
}

/** Says so when something else than a gateway answers at the address, such as a web page. */
function checkMediaType(response: Response): void {
  const mediaType = response.headers.get("content-type") ?? "";
  if (/\bjson\b|\bevent-stream\b/.test(mediaType)) return;
  if (!response.bodyUsed) void response.body?.cancel();
  throw new OpenClawError({
    code: "unexpected_answer",
    message: `The answer is \`${mediaType}\`, not JSON or events: is ${response.url === "" ? "this" : new URL(response.url).origin} an OpenClaw gateway?`,
    status: response.status,
    headers: Object.fromEntries(response.headers),
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
