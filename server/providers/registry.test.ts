import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { startAnthropicUpstream } from "../../contract-tests/fakes/anthropic-upstream.ts";
import { failure } from "../../contract-tests/fakes/collect.ts";
import { startOpenAiUpstream } from "../../contract-tests/fakes/openai-upstream.ts";
import type { FakeUpstream } from "../../contract-tests/fakes/upstream-server.ts";
import { GatewayError } from "../errors.ts";
import { createProviders, type ModelSettings, type Providers, type ProviderSettings } from "./registry.ts";

const never = new AbortController().signal;
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
});

async function fakes(): Promise<{ openai: FakeUpstream; anthropic: FakeUpstream }> {
  const openai = await startOpenAiUpstream({ models: ["gpt-5-mini", "gpt-5", "meta-llama/llama-3"] });
  const anthropic = await startAnthropicUpstream();
  open.push(openai, anthropic);
  return { openai, anthropic };
}
function providers(settings: ModelSettings, clock?: { now(): number }): Providers {
  const made = createProviders(settings, clock === undefined ? {} : { clock });
  open.push(made);
  return made;
}
const of = (type: "openai" | "anthropic", upstream: FakeUpstream, rest: Partial<ProviderSettings> = {}): ProviderSettings => ({ type, baseUrl: upstream.url, retryBaseMs: 1, ...rest });
const dead: ProviderSettings = { type: "openai", baseUrl: "http://127.0.0.1:9/v1", retries: 0 };

test("with no provider, the embedded model answers to every name and says who it is", async () => {
  const registry = providers({ providers: {} });
  for (const name of [null, undefined, "gpt-5", "openai/gpt-5"]) expect(await registry.resolve(name, never)).toMatchObject({ id: "embedded/echo-1", model: "echo-1", provider: { type: "embedded" } });
  expect(await registry.list(never)).toEqual([{ id: "embedded/echo-1", provider: "embedded", default: true }]);
  expect(registry.status()).toEqual([{ name: "embedded", type: "embedded", lastSuccessAt: null, lastErrorAt: null, lastError: null, isFailing: false }]);
});

test("finds names with and without a provider, configured or listed, also with slashes in them", async () => {
  const { openai, anthropic } = await fakes();
  const registry = providers({ providers: { openai: of("openai", openai, { models: [{ id: "fine-tuned" }] }), anthropic: of("anthropic", anthropic) } });
  const found = async (name: string): Promise<string> => (await registry.resolve(name, never)).id;
  expect(await found("fine-tuned")).toBe("openai/fine-tuned");
  expect(openai.requests).toHaveLength(0);
  expect(await found("gpt-5")).toBe("openai/gpt-5");
  expect(await found("openai/gpt-5")).toBe("openai/gpt-5");
  expect(await found("meta-llama/llama-3")).toBe("openai/meta-llama/llama-3");
  expect(await found("openai/meta-llama/llama-3")).toBe("openai/meta-llama/llama-3");
  expect(await found("claude-sonnet-4-20250514")).toBe("anthropic/claude-sonnet-4-20250514");
  expect(openai.requests).toHaveLength(1);
});

test.each(["gpt-99", "openai/gpt-99", "nobody/gpt-5"])("%s is not found, with the list of what is known", async (name) => {
  const { openai } = await fakes();
  const registry = providers({ providers: { openai: of("openai", openai, { models: [{ id: "mine" }] }) } });
  expect(await failure(registry.resolve(name, never))).toMatchObject({
    code: "not_found",
    details: { models: ["openai/mine", "openai/gpt-5-mini", "openai/gpt-5", "openai/meta-llama/llama-3"] },
  });
});

test("asks for a list once, however many ask, and again after ten minutes without making anyone wait", async () => {
  const { openai } = await fakes();
  let now = 0;
  const registry = providers({ providers: { openai: of("openai", openai) } }, { now: () => now });
  await Promise.all(Array.from({ length: 20 }, () => registry.resolve("gpt-5", never)));
  await failure(registry.resolve("nope", never));
  expect(openai.requests).toHaveLength(1);
  now = 11 * 60_000;
  const before = await registry.resolve("gpt-5", never);
  await openai.untilRequests(2);
  expect(await registry.resolve("gpt-5", never)).toBe(before);
});

test("one caller's abort does not spoil the list for the others", async () => {
  const { openai } = await fakes();
  const registry = providers({ providers: { openai: of("openai", openai) } });
  const controller = new AbortController();
  const left = failure(registry.resolve("gpt-5", controller.signal));
  const stayed = registry.resolve("gpt-5", never);
  controller.abort(new Error("left"));
  expect(await left).toMatchObject({ message: "left" });
  expect((await stayed).id).toBe("openai/gpt-5");
});

test("a name that cannot be checked is passed on, to its provider or to the default's", async () => {
  const { openai } = await fakes();
  const registry = providers({ default: "dead/a", providers: { openai: of("openai", openai), dead } });
  expect((await registry.resolve("dead/some-model", never)).id).toBe("dead/some-model");
  expect((await registry.resolve("other-model", never)).id).toBe("dead/other-model");
});

test("the default is the configured one, without asking anybody", async () => {
  const { openai } = await fakes();
  const registry = providers({ default: "openai/gpt-5", providers: { openai: of("openai", openai) } });
  expect((await registry.resolve(null, never)).id).toBe("openai/gpt-5");
  expect(openai.requests).toHaveLength(0);
});

test("without a configured default it is the first provider's first model, from the settings or from its list", async () => {
  const { openai, anthropic } = await fakes();
  expect((await providers({ providers: { a: of("openai", openai, { models: [{ id: "mine" }] }) } }).resolve(null, never)).id).toBe("a/mine");
  expect((await providers({ providers: { b: of("anthropic", anthropic) } }).resolve(undefined, never)).id).toBe("b/claude-sonnet-4-20250514");
  expect(await failure(providers({ providers: { dead } }).resolve(null, never))).toMatchObject({ code: "service_unavailable" });
});

test("lists every model with what is known of it, also when a provider is gone", async () => {
  const { openai } = await fakes();
  const price = { input: 1, output: 2 };
  const registry = providers({ default: "openai/gpt-5", providers: { dead: { ...dead, models: [{ id: "d", contextWindow: 8_192, price }] }, openai: of("openai", openai) } });
  expect(await registry.list(never)).toEqual([
    { id: "dead/d", provider: "dead", contextWindow: 8_192, price, default: false },
    { id: "openai/gpt-5-mini", provider: "openai", default: false },
    { id: "openai/gpt-5", provider: "openai", default: true },
    { id: "openai/meta-llama/llama-3", provider: "openai", default: false },
  ]);
  expect(registry.status()).toMatchObject([
    { name: "dead", type: "openai", lastSuccessAt: null, lastError: "service_unavailable" },
    { name: "openai", lastError: null },
  ]);
});

test("providers are exchanged: a call finds the new ones, and the old ones work until nobody uses them", async () => {
  const { openai, anthropic } = await fakes();
  const { promise: unused, resolve: setUnused } = Promise.withResolvers<void>();
  const registry = providers({ default: "old/gpt-5", providers: { old: of("openai", openai), kept: of("openai", openai) } });
  const [before, kept] = [await registry.resolve(null, never), await registry.resolve("kept/gpt-5", never)];

  registry.use({ providers: { new: of("anthropic", anthropic), kept: of("openai", openai) } }, unused);
  expect((await registry.resolve(null, never)).id).toBe("new/claude-sonnet-4-20250514");
  expect(registry.status().map(({ name }) => name)).toEqual(["new", "kept"]);
  expect((await registry.resolve("kept/gpt-5", never)).provider).toBe(kept.provider);
  const finished = async () => (await Array.fromAsync(before.provider.generate({ model: before.model, messages: [{ role: "user", content: "Hello" }], stream: false }, never))).at(-1)?.at(-1)?.type;
  expect(await finished()).toBe("finished");

  setUnused();
  await unused;
  expect(await failure(finished())).toBeInstanceOf(GatewayError);
});

test("without providers any more the embedded model answers, and with one again that one does", async () => {
  const { openai } = await fakes();
  const registry = providers({ providers: { openai: of("openai", openai) } });
  registry.use({ providers: {} }, Promise.resolve());
  expect((await registry.resolve("gpt-5", never)).id).toBe("embedded/echo-1");
  registry.use({ default: "again/gpt-5", providers: { again: of("openai", openai) } }, Promise.resolve());
  expect((await registry.resolve(null, never)).id).toBe("again/gpt-5");
});

test("who asks for a model while the providers are exchanged gets one of the new ones", async () => {
  const { openai } = await fakes();
  const registry = providers({ providers: { openai: of("openai", openai) } });
  const asked = registry.resolve("openai/gpt-5", never);
  registry.use({ providers: { openai: of("openai", openai, { apiKey: "another", models: [{ id: "gpt-5" }] }) } }, Promise.resolve());
  expect((await asked).provider).toBe((await registry.resolve("openai/gpt-5", never)).provider);
});

test("a model's window is what the settings say, else what the provider says, else what is usual for its name", async () => {
  const server = createServer((_request, response) => response.setHeader("content-type", "application/json").end(JSON.stringify({ data: [{ id: "gpt-4", max_model_len: 4096 }, { id: "llama3" }] })));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const registry = providers({ providers: { vllm: { type: "openai", baseUrl: `http://127.0.0.1:${port}/v1`, models: [{ id: "gpt-5", contextWindow: 5000 }] } } });
  const windowOf = async (name: string) => (await registry.resolve(name, never)).contextWindow;
  expect([await windowOf("gpt-5"), await windowOf("gpt-4"), await windowOf("llama3")]).toEqual([5000, 4096, 8192]);
  server.close();
  server.closeAllConnections();
});
