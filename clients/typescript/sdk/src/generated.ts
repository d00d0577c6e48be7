/**
 * The client that hey-api generates from the contract: one function an operation, for whoever wants every operation as it
 * is on the wire. It has neither the resuming streams nor the errors of `@openclaw/sdk`.
 */
import { createClient as createGenerated, type Client, type Config } from "../../../../generated/clients/hey-api/client/index.ts";

export * from "../../../../generated/clients/hey-api/index.ts";
export { createConfig, type Client, type Config } from "../../../../generated/clients/hey-api/client/index.ts";
export { client } from "../../../../generated/clients/hey-api/client.gen.ts";

/** A client for the operations' option `client`, such as `listAgents({ client: createClient({ baseUrl, auth: token }) })`. */
export function createClient(config?: Config): Client {
  const client = createGenerated(config);
  return { ...client, ...withoutClient(client), sse: withoutClient(client.sse) };
}

/**
 * The generated client hands all options of an operation on to `new Request`, the option `client` as well, which means something
 * else to Deno, and is refused there (hey-api's issue 4177).
 */
function withoutClient<Methods extends object>(methods: Methods): Pick<Methods, Verb & keyof Methods> {
  const all = methods as Record<Verb, (options: object) => unknown>;
  const bare = verbs.map((verb) => [verb, ({ client: _client, ...options }: { client?: unknown }) => all[verb](options)]);
  return Object.fromEntries(bare) as Pick<Methods, Verb & keyof Methods>;
}

type Verb = (typeof verbs)[number];
const verbs = ["connect", "delete", "get", "head", "options", "patch", "post", "put", "trace"] as const;
