import createClient, { type Client } from "openapi-fetch";
import type { paths } from "../../../generated/clients/openapi-types.ts";
import type { StreamOptions } from "./call-options.ts";
import { OpenClawConnectionError } from "./error.ts";
import { errorFromAnswer } from "./error-from.ts";
import { EventStream } from "./event-stream.ts";
import { createSend, reasonOf, type SendOptions } from "./send.ts";

export interface ConnectionOptions {
  baseUrl: string;
  token: string | undefined;
  fetch: typeof globalThis.fetch | undefined;
}

type Via = { fetch: (request: Request) => Promise<Response> };
type Answer = { data?: unknown; error?: unknown; response: Response };

/** The gateway as both packages see it: typed operations, their answers or errors, and streams. */
export interface Connection {
  readonly api: Client<paths, "application/json">;
  /** How a request of `api` is sent: goes into its options. */
  via: (options: SendOptions | undefined) => Via;
  /** A stream that `open` begins; `open` asks for events and `parseAs: "stream"`. */
  stream: <Event>(open: (via: Via) => Promise<Answer>, options: StreamOptions | undefined) => EventStream<Event>;
}

export function createConnection({ baseUrl, token, fetch }: ConnectionOptions): Connection {
  // Throws at once on an address that is none, and not with the first request.
  const base = new URL(baseUrl).href;
  const send = createSend(fetch ?? ((input, init) => globalThis.fetch(input, init)));
  const api = createClient<paths, "application/json">({ baseUrl: base, headers: token ? { Authorization: `Bearer ${token}` } : {} });
  const via = (options?: SendOptions): Via => ({ fetch: (request) => send(request, options) });
  return {
    api,
    via,
    stream: (open, options) =>
      new EventStream(
        {
          open: (signal) => responseOf(open(via({ signal, retry: false }))),
          resume: (runId, lastEventId, signal) =>
            responseOf(
              api.GET("/api/v1/runs/{runId}/events", {
                params: { path: { runId }, header: { "Last-Event-ID": lastEventId } },
                parseAs: "stream",
                ...via({ signal, retry: false }),
              }),
            ),
        },
        options,
      ),
  };
}

/** The body of an answer; throws the OpenClawError of an error answer. */
export async function dataOf<T extends Answer>(pending: Promise<T>): Promise<NonNullable<T["data"]>> {
  const { data, error, response } = await answerOf(pending);
  if (!response.ok) throw errorFromAnswer(response, error);
  return data as NonNullable<T["data"]>;
}

/** The answer with its body unread; throws the OpenClawError of an error answer. */
export async function responseOf(pending: Promise<Answer>): Promise<Response> {
  const { error, response } = await answerOf(pending);
  if (!response.ok) throw errorFromAnswer(response, error);
  return response;
}

async function answerOf<T extends Answer>(pending: Promise<T>): Promise<T> {
  try {
    return await pending;
  } catch (error) {
    // The body broke off, or it was no JSON after all.
    if (error instanceof TypeError || error instanceof SyntaxError) throw new OpenClawConnectionError(`The answer could not be read: ${reasonOf(error)}`, error);
    throw error;
  }
}
