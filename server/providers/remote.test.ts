/** What the two remote protocols have in common: failures, retries, aborts, back-pressure. */
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startAnthropicUpstream } from "../../contract-tests/fakes/anthropic-upstream.ts";
import { collect, failure, requestOf, textOf } from "../../contract-tests/fakes/collect.ts";
import { startOpenAiUpstream } from "../../contract-tests/fakes/openai-upstream.ts";
import type { FakeUpstream } from "../../contract-tests/fakes/upstream-server.ts";
import { GatewayError, isContextLengthExceeded } from "../errors.ts";
import { createAnthropicProvider } from "./anthropic.ts";
import { createOpenAiProvider, type RemoteProvider } from "./openai.ts";
import type { UpstreamTiming } from "./upstream.ts";

const never = new AbortController().signal;
const fast: UpstreamTiming = { retryBaseMs: 2, firstByteTimeoutMs: 5_000, idleTimeoutMs: 5_000 };

const protocols = [
  { type: "openai", model: "gpt-5-mini", start: startOpenAiUpstream, create: createOpenAiProvider },
  { type: "anthropic", model: "claude-sonnet-4-20250514", start: startAnthropicUpstream, create: createAnthropicProvider },
] as const;

describe.each(protocols)("a provider of type $type", ({ model, start, create }) => {
  let upstream: FakeUpstream;
  let provider: RemoteProvider;
  const make = (timing: UpstreamTiming = fast, apiKey = "test-key-123456"): RemoteProvider => create({ name: "acme", baseUrl: upstream.url, apiKey, timing });
  const ask = (said: string, stream: boolean, signal = never) => provider.generate(requestOf(said, { model, stream }), signal);

  beforeAll(async () => {
    upstream = await start();
    provider = make();
  });
  beforeEach(() => upstream.reset());
  afterAll(async () => {
    await provider.close();
    await upstream.close();
  });

  test("says that a request is too long for the model so that it can be told from others", async () => {
    const small = await start({ contextWindow: 20 });
    const own = create({ name: "small", baseUrl: small.url });
    try {
      const error = await failure(collect(own.generate(requestOf("word ".repeat(30), { model }), never)));
      expect(error).toMatchObject({ code: "bad_request", message: expect.stringContaining("20"), details: { provider: "small", providerStatus: 400, reason: "context_length_exceeded" } });
      expect(isContextLengthExceeded(error)).toBe(true);
      expect(isContextLengthExceeded(await failure(collect(own.generate(requestOf("[400]", { model }), never))))).toBe(false);
    } finally {
      await own.close();
      await small.close();
    }
  });

  describe.each([true, false])("with stream: %s", (stream) => {
    test("yields started, text and finished with the provider's own counts", async () => {
      const events = await collect(ask("hello there", stream));
      expect(events[0]).toEqual({ type: "started", model });
      expect(textOf(events)).toBe("You said: hello there");
      expect(events.at(-1)).toEqual({ type: "finished", reason: "stop", usage: { inputTokens: 2, outputTokens: 4 } });
      expect(events.filter((event) => event.type === "text")).toHaveLength(stream ? 4 : 1);
    });

    test("calls a tool, and answers from its result", async () => {
      const tools = [{ name: "calculate", inputSchema: { type: "object" } }];
      const messages = [{ role: "user", content: "calculate 2+2" }] as const;
      const first = await collect(provider.generate(requestOf(messages, { model, stream, tools }), never));
      const call = first.flatMap((event) => (event.type === "toolCall" ? [event.call] : []))[0];
      expect(call).toMatchObject({ name: "calculate", arguments: '{"expression":"2+2"}' });
      expect(first.at(-1)).toMatchObject({ reason: "tool_calls" });
      const answered = [...messages, { role: "assistant", content: "", toolCalls: [call!] }, { role: "tool", callId: call!.id, content: "4" }] as const;
      expect(textOf(await collect(provider.generate(requestOf(answered, { model, stream, tools }), never)))).toBe("The tool says: 4");
    });

    test("hands out several calls of one answer whole and in order", async () => {
      const tools = [{ name: "one", inputSchema: { type: "object" } }, { name: "two", inputSchema: { type: "object" } }];
      const events = await collect(provider.generate(requestOf('call one {"a":1} call two', { model, stream, tools }), never));
      const calls = events.flatMap((event) => (event.type === "toolCall" ? [event.call] : []));
      expect(calls.map(({ name, arguments: input }) => [name, input])).toEqual([["one", '{"a":1}'], ["two", "{}"]]);
      expect(new Set(calls.map((call) => call.id)).size).toBe(2);
    });

    test("says that the answer was cut by its length", async () => {
      expect((await collect(ask("[length] a b c", stream))).at(-1)).toMatchObject({ reason: "length" });
    });

    test("says that the answer was withheld", async () => {
      expect((await collect(ask("[filter]", stream))).at(-1)).toMatchObject({ reason: "content_filter" });
    });

    test.each([
      ["[401]", "provider_error"], ["[403]", "provider_error"], ["[400]", "bad_request"], ["[413]", "bad_request"], ["[422]", "bad_request"], ["[404]", "not_found"],
      ["[garbage]", "provider_error"], ["[html]", "provider_error"], ["[wrong-shape]", "provider_error"], ["[close-mid]", "provider_error"],
    ])("answers %s with %s, without a retry", async (sentinel, code) => {
      expect(await failure(collect(ask(sentinel, stream)))).toMatchObject({ code });
      expect(upstream.requests).toHaveLength(1);
    });

    test.each([
      ["[429]", "service_unavailable", expect.any(Number)], ["[503]", "service_unavailable", expect.any(Number)], ["[529]", "service_unavailable", expect.any(Number)],
      ["[500]", "provider_error", undefined], ["[502]", "provider_error", undefined], ["[reset]", "service_unavailable", expect.any(Number)],
    ])("answers %s with %s after two retries", async (sentinel, code, retryAfterSeconds: unknown) => {
      const error = await failure(collect(ask(sentinel, stream)));
      expect(error).toMatchObject({ code, retryAfterSeconds });
      expect(upstream.requests).toHaveLength(3);
    });

    test.each(["[429-once]", "[500-once]", "[reset-once]"])("gets over %s by a retry", async (sentinel) => {
      expect(textOf(await collect(ask(`${sentinel} again`, stream)))).toBe("You said: again");
      expect(upstream.requests).toHaveLength(2);
    });

    test("aborts the upstream request with the signal's own reason while nothing has come", async () => {
      const controller = new AbortController();
      const reason = new Error("the client left");
      const result = failure(collect(ask("[hang]", stream, controller.signal)));
      await upstream.untilRequests(1);
      controller.abort(reason);
      expect(await result).toBe(reason);
      await upstream.untilAborted();
    });

    test("aborts the upstream request in the middle of an answer", async () => {
      const controller = new AbortController();
      const result = failure(collect(ask("[hang-mid]", stream, controller.signal)));
      await upstream.untilRequests(1);
      controller.abort(new Error("enough"));
      expect(await result).toMatchObject({ message: "enough" });
      await upstream.untilAborted();
    });

    test("sends nothing when the signal has been aborted before", async () => {
      expect(await failure(collect(ask("hello", stream, AbortSignal.abort(new Error("too late")))))).toMatchObject({ message: "too late" });
      expect(upstream.requests).toHaveLength(0);
    });
  });

  test("times out when the first byte does not come", async () => {
    const impatient = make({ ...fast, firstByteTimeoutMs: 50 });
    expect(await failure(collect(impatient.generate(requestOf("[hang]", { model }), never)))).toMatchObject({ code: "timeout" });
    expect(upstream.requests).toHaveLength(1);
    await upstream.untilAborted();
    await impatient.close();
  });

  test("times out when the answer stops in the middle", async () => {
    const impatient = make({ ...fast, idleTimeoutMs: 50 });
    expect(await failure(collect(impatient.generate(requestOf("[hang-mid]", { model }), never)))).toMatchObject({ code: "timeout" });
    await upstream.untilAborted();
    await impatient.close();
  });

  test("hands out what came before the connection broke, and does not retry after the first byte", async () => {
    const texts: string[] = [];
    const error = await failure(
      (async () => {
        for await (const events of ask("[close-mid]", true)) for (const event of events) if (event.type === "text") texts.push(event.text);
      })(),
    );
    expect(error).toMatchObject({ code: "provider_error" });
    expect(texts).toEqual(["You ", "said: "]);
    expect(upstream.requests).toHaveLength(1);
  });

  test("leaving the loop destroys the upstream request", async () => {
    for await (const events of ask("[endless]", true)) if (textOf(events) !== "") break;
    await upstream.untilAborted();
    expect(upstream.aborted).toBe(1);
  });

  test("a return while an event is awaited ends both the wait and the request", async () => {
    const events = ask("[hang]", true)[Symbol.asyncIterator]();
    const next = events.next();
    await upstream.untilRequests(1);
    await events.return?.();
    expect((await next).done).toBe(true);
    await upstream.untilAborted();
  });

  test("a consumer that does not pull stops the provider, and one that goes on gets everything in order", async () => {
    const events = ask("[big 40000]", true)[Symbol.asyncIterator]();
    let length = textOf((await events.next()).value).length;
    // 40 MB wait. What can be under way without a reader are the sockets' buffers and one batch.
    let seen = -1;
    while (seen !== upstream.bytesSent) {
      seen = upstream.bytesSent;
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    expect(seen).toBeLessThan(20_000_000);
    for (let result = await events.next(); result.done !== true; result = await events.next()) length += textOf(result.value).length;
    expect(length).toBe(40_000 * 1024);
  });

  test("a slow consumer is not taken for a silent provider", async () => {
    const impatient = make({ ...fast, idleTimeoutMs: 100 });
    const events = impatient.generate(requestOf("[big 20000]", { model }), never)[Symbol.asyncIterator]();
    let length = textOf((await events.next()).value).length;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    for (let result = await events.next(); result.done !== true; result = await events.next()) length += textOf(result.value).length;
    expect(length).toBe(20_000 * 1024);
    await impatient.close();
  }, 15_000);

  test("uses its connections again after a whole answer, and after a consumer that left at the end", async () => {
    const single = make({ ...fast, connections: 1 });
    for (let round = 0; round < 3; round += 1) {
      for await (const events of single.generate(requestOf("hello", { model }), never)) if (events.at(-1)?.type === "finished") break;
    }
    expect(upstream.requests).toHaveLength(3);
    expect(upstream.aborted).toBe(0);
    await single.close();
  });

  test("an abort takes back a request that still waits for a free connection", async () => {
    const single = make({ ...fast, connections: 1 });
    const first = new AbortController();
    const second = new AbortController();
    const hanging = failure(collect(single.generate(requestOf("[hang]", { model }), first.signal)));
    await upstream.untilRequests(1);
    const waiting = failure(collect(single.generate(requestOf("hello", { model }), second.signal)));
    second.abort(new Error("not any more"));
    expect(await waiting).toMatchObject({ message: "not any more" });
    first.abort(new Error("nor this"));
    await hanging;
    expect((await collect(single.generate(requestOf("third", { model }), never))).at(-1)).toMatchObject({ type: "finished" });
    expect(upstream.requests).toHaveLength(2);
    await single.close();
  });

  test("waits as long as Retry-After says", async () => {
    const began = performance.now();
    await failure(collect(make({ ...fast, retries: 1 }).generate(requestOf("[429 1]", { model }), never)));
    expect(performance.now() - began).toBeGreaterThanOrEqual(990);
    expect(upstream.requests).toHaveLength(2);
  });

  test("does not wait for a long Retry-After but hands it on", async () => {
    const error = await failure(collect(ask("[429 3600]", true)));
    expect(error).toMatchObject({ code: "service_unavailable", retryAfterSeconds: 3600 });
    expect(upstream.requests).toHaveLength(1);
  });

  test("an abort ends the wait for a retry", async () => {
    const controller = new AbortController();
    const result = failure(collect(ask("[429 10]", true, controller.signal)));
    await upstream.untilRequests(1);
    setTimeout(() => controller.abort(new Error("no more")), 20);
    expect(await result).toMatchObject({ message: "no more" });
    expect(upstream.requests).toHaveLength(1);
  });

  test("says that the model does not exist, with the provider's words", async () => {
    const error = await failure(collect(provider.generate(requestOf("hi", { model: "gpt-99" }), never)));
    expect(error).toMatchObject({ code: "not_found", message: expect.stringContaining("gpt-99") as string });
  });

  test("a 404 that is not about the model is the base URL's fault", async () => {
    const lost = create({ name: "acme", baseUrl: `${upstream.url}/wrong`, timing: fast });
    expect(await failure(collect(lost.generate(requestOf("hi", { model }), never)))).toMatchObject({ code: "provider_error", message: expect.stringContaining("baseUrl") as string });
    await lost.close();
  });

  test("lists the provider's models", async () => {
    expect((await provider.listModels(never)).map((entry) => entry.id)).toContain(model);
  });

  test("refused credentials are named as the gateway's, and the key is in no message", async () => {
    const locked = await start({ apiKey: "the-right-key" });
    const wrong = create({ name: "acme", baseUrl: locked.url, apiKey: "the-wrong-key", timing: fast });
    const error = (await failure(collect(wrong.generate(requestOf("hi", { model }), never)))) as GatewayError;
    expect(error).toMatchObject({ code: "provider_error", message: expect.stringContaining("credentials") as string });
    expect(JSON.stringify([error.message, error.details, String(error.cause)])).not.toContain("the-wrong-key");
    await wrong.close();
    await locked.close();
  });

  test("nobody at the address is service_unavailable after the retries", async () => {
    const gone = createServer();
    gone.listen(0, "127.0.0.1");
    await once(gone, "listening");
    const { port } = gone.address() as AddressInfo;
    gone.close();
    await once(gone, "close");
    const lost = create({ name: "acme", baseUrl: `http://127.0.0.1:${port}/v1`, timing: fast });
    expect(await failure(collect(lost.generate(requestOf("hi", { model }), never)))).toMatchObject({ code: "service_unavailable", retryAfterSeconds: 5 });
    await lost.close();
  });

  test("tells when it last answered and last failed", async () => {
    let now = 1_000;
    const watched = create({ name: "acme", baseUrl: upstream.url, timing: fast, clock: { now: () => now } });
    await collect(watched.generate(requestOf("hi", { model }), never));
    now = 2_000;
    await failure(collect(watched.generate(requestOf("[400]", { model }), never)));
    expect(watched.health()).toEqual({ lastSuccessAt: 1_000, lastErrorAt: null, lastError: null, isFailing: false });
    await failure(collect(watched.generate(requestOf("[500]", { model }), never)));
    expect(watched.health()).toEqual({ lastSuccessAt: 1_000, lastErrorAt: 2_000, lastError: "provider_error", isFailing: true });
    await watched.close();
  });

  test("the message of a refused request is bounded and without keys", async () => {
    const echo = createServer((request, response) => {
      request.resume().on("end", () => {
        response.writeHead(400, { "content-type": "application/json" });
        response.end(JSON.stringify({ error: { type: "invalid_request_error", message: `bad key test-key-123456 and sk-proj-abcdefghijkl ${"x".repeat(2000)}` } }));
      });
    });
    echo.listen(0, "127.0.0.1");
    await once(echo, "listening");
    const talkative = create({ name: "acme", baseUrl: `http://127.0.0.1:${(echo.address() as AddressInfo).port}`, apiKey: "test-key-123456", timing: fast });
    const error = (await failure(collect(talkative.generate(requestOf("hi", { model }), never)))) as GatewayError;
    expect(error.message).toHaveLength(500);
    expect(error.message).toContain("bad key [redacted] and [redacted]");
    expect(String(error.cause)).not.toContain("test-key");
    await talkative.close();
    echo.close();
  });

  test("a JSON answer of more than 32 MB is not taken", async () => {
    expect(await failure(collect(ask("[big 40000]", false)))).toMatchObject({ code: "provider_error" });
    await upstream.untilAborted();
  });

  test("garbage without end is cut off before it fills the memory", async () => {
    const flood = createServer((request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("data: ");
      const pour = (): void => {
        while (response.write("x".repeat(65_536)));
      };
      response.on("drain", pour);
      request.resume().on("end", pour);
    });
    flood.listen(0, "127.0.0.1");
    await once(flood, "listening");
    const drowned = create({ name: "acme", baseUrl: `http://127.0.0.1:${(flood.address() as AddressInfo).port}`, timing: fast });
    expect(await failure(collect(drowned.generate(requestOf("hi", { model }), never)))).toMatchObject({ code: "provider_error" });
    await drowned.close();
    flood.closeAllConnections();
    flood.close();
  });
});
