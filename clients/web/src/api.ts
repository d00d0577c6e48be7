import createClient, { type Client } from "openapi-fetch";
import type { paths } from "../../../generated/clients/openapi-types.ts";
import { streamOf } from "../../typescript/core/answers.ts";
import { OpenClawConnectionError } from "../../typescript/core/error.ts";
import { createSend, reasonOf, type SendOptions } from "../../typescript/core/send.ts";

type Via = { fetch: (request: Request) => Promise<Response> };

/** Every operation of the contract by its path, sent, tried again and refused as the SDK does it. */
export interface Api {
  readonly api: Client<paths, "application/json">;
  /** How a request of `api` is sent: goes into its options. */
  via: (options?: Partial<SendOptions>) => Via;
}

export function createApi({ baseUrl, token }: { baseUrl: string; token: string | undefined }): Api {
  const send = createSend((input, init) => fetch(input, init));
  return {
    api: createClient<paths, "application/json">({ baseUrl, headers: token ? { Authorization: `Bearer ${token}` } : {} }),
    via: (options) => ({
      async fetch(request) {
        const { url, method, headers } = request;
        const body = request.body === null ? undefined : await request.text();
        return send({ url, method, headers: Object.fromEntries(headers), body }, { maxRetries: 2, ...options }, streamOf);
      },
    }),
  };
}

/** The body of an answer. */
export async function dataOf<T extends { data?: unknown }>(pending: Promise<T>): Promise<NonNullable<T["data"]>> {
  try {
    return (await pending).data as NonNullable<T["data"]>;
  } catch (error) {
    // The body broke off, or it was no JSON after all.
    if (error instanceof TypeError || error instanceof SyntaxError) throw new OpenClawConnectionError(`The answer could not be read: ${reasonOf(error)}`, error);
    throw error;
  }
}
