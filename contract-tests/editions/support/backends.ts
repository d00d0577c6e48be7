import { startAnthropicUpstream } from "../../fakes/anthropic-upstream.ts";
import { startOpenAiUpstream } from "../../fakes/openai-upstream.ts";
import type { FakeUpstream } from "../../fakes/upstream-server.ts";

/** The model that the documents' requests name. */
export const documentedModel = "claude-sonnet-4-20250514";

export type BackendKind = "embedded" | "anthropic" | "openai";

/** What answers behind the gateway. */
export interface Backend {
  /** The settings' section `models`, as JSON, which is JSON5 and YAML too; empty for none. */
  section: string;
  /** What `model` must say in an answer. */
  answersAs: string;
  /** The provider; null when the embedded model answers. */
  upstream: FakeUpstream | null;
  close(): Promise<void>;
}

/** The backends that each document's clients are run against. */
export const backends: readonly { name: string; kind: BackendKind; start: () => Promise<Backend> }[] = [
  {
    name: "on the embedded model",
    kind: "embedded",
    start: async () => ({ section: "", answersAs: "embedded/echo-1", upstream: null, close: async () => {} }),
  },
  { name: "on Anthropic's protocol", kind: "anthropic", start: async () => provider("anthropic", await startAnthropicUpstream({ models: [documentedModel], apiKey })) },
  { name: "on OpenAI's protocol", kind: "openai", start: async () => provider("openai", await startOpenAiUpstream({ models: [documentedModel], apiKey })) },
];

const apiKey = "the-upstream-key-of-the-tests";

function provider(kind: "anthropic" | "openai", upstream: FakeUpstream): Backend {
  const models = { default: `fake/${documentedModel}`, providers: { fake: { type: kind, baseUrl: upstream.url, apiKey, models: [{ id: documentedModel }] } } };
  return { section: `"models": ${JSON.stringify(models)}`, answersAs: documentedModel, upstream, close: () => upstream.close() };
}

/** The body of the last request to the provider that says this. */
export function sentUpstream({ upstream }: Backend, text: string): unknown {
  return upstream?.requests.findLast(({ body }) => JSON.stringify(body)?.includes(text))?.body;
}
