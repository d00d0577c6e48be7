import { OpenClaw } from "@openclaw/api-client";
import { OpenClawClient, OpenClawError } from "@openclaw/sdk";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { ownerToken, startTestGateway, type TestGateway } from "../../../contract-tests/harness/gateway.ts";
import { startCuttingProxy } from "./cutting-proxy.ts";

const words = Array.from({ length: 80 }, (_, index) => `word${index}`).join(" ");

let gateway: TestGateway;
let client: OpenClawClient;
/** Lets go of a run that nobody reads almost at once. */
let impatient: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway({ embeddedDelayMs: 20 });
  impatient = await startTestGateway({ embeddedDelayMs: 20, runs: { graceMs: 50 } });
  client = new OpenClawClient({ baseUrl: gateway.url, token: ownerToken });
});
afterAll(async () => {
  await gateway.close();
  await impatient.close();
});

describe("leaving", () => {
  const slow = () => new OpenClawClient({ baseUrl: impatient.url, token: ownerToken });
  const endOf = (runId: string | undefined) =>
    vi.waitUntil(async () => {
      const { status } = await slow().runs.get(runId!);
      return status === "running" ? undefined : status;
    }, 10_000);

  const long = "word ".repeat(1000);

  test("the loop lets the turn go on", async () => {
    const stream = slow().stream("word ".repeat(20));
    for await (const event of stream) if (event.type === "delta") break;
    expect(await endOf(stream.runId)).toBe("completed");
  });

  test("the loop lets go of a turn that was begun without a key", async () => {
    const stream = slow().stream(long, { idempotencyKey: null });
    for await (const event of stream) if (event.type === "delta") break;
    expect(await endOf(stream.runId)).toBe("cancelled");
  });

  test("and cancelling ends the turn", async () => {
    const stream = slow().stream(long);
    for await (const event of stream) if (event.type === "delta") break;
    await stream.cancel();
    expect(await slow().runs.get(stream.runId!)).toMatchObject({ status: "cancelled" });
    const tokens = new OpenClaw({ baseUrl: impatient.url, apiKey: ownerToken }).messages.stream({ message: long });
    for await (const _ of tokens) break;
    await tokens.cancel();
    expect(await slow().runs.get(tokens.events().runId!)).toMatchObject({ status: "cancelled" });
  });

  test("cancelling inside the loop throws `cancelled` there; before it, nothing is sent", async () => {
    const stream = slow().stream(long);
    const reading = async () => {
      for await (const event of stream) if (event.type === "delta") await stream.cancel();
    };
    await expect(reading()).rejects.toMatchObject({ code: "cancelled", status: 409 });
    const fetch = vi.fn<typeof globalThis.fetch>();
    const unread = new OpenClawClient({ fetch }).stream("hi");
    const loop = unread[Symbol.asyncIterator]();
    await unread.cancel();
    expect(await loop.next()).toMatchObject({ done: true });
    expect(fetch).not.toHaveBeenCalled();
  });

  test("by the signal ends the loop with its reason", async () => {
    const controller = new AbortController();
    const reason = new Error("had enough");
    const stream = slow().stream(long, { signal: controller.signal, idempotencyKey: null });
    const reading = async () => {
      for await (const event of stream) if (event.type === "delta") controller.abort(reason);
    };
    await expect(reading()).rejects.toBe(reason);
    expect(await endOf(stream.runId)).toBe("cancelled");
  });

  test("by a signal that is aborted already sends nothing", async () => {
    const fetch = vi.fn<typeof globalThis.fetch>(() => new Promise(() => {}));
    const signal = AbortSignal.abort();
    const offline = new OpenClawClient({ fetch: (input, init) => (init?.signal?.throwIfAborted(), fetch(input, init)) });
    await expect(Array.fromAsync(offline.stream("hi", { signal }))).rejects.toMatchObject({ name: "AbortError" });
    expect(fetch).not.toHaveBeenCalled();
  });

  test("a message by its signal", async () => {
    const controller = new AbortController();
    const pending = client.message("hi", { signal: controller.signal });
    controller.abort();
    await expect(pending).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("a connection that is cut", () => {
  test("is taken up again, with nothing lost or doubled", async () => {
    const proxy = await startCuttingProxy(gateway.url, { times: 2, writesBefore: 2 });
    const cuts: Error[] = [];
    const events = await Array.fromAsync(new OpenClawClient({ baseUrl: proxy.url, token: ownerToken }).stream(words, { onReconnect: (cause) => cuts.push(cause) }));
    expect([proxy.cuts, cuts.length]).toEqual([2, 2]);
    expect(events.map((event) => (event.type === "delta" ? event.content : "")).join("")).toBe(`You said: ${words}`);
    expect(events.map(({ type }) => type).filter((type) => type !== "delta")).toEqual(["start", "done"]);
    await proxy.close();
  });

  test("is taken up again in every edition", async () => {
    const proxy = await startCuttingProxy(gateway.url, { times: 2, writesBefore: 3 });
    const cut = new OpenClawClient({ baseUrl: proxy.url, token: ownerToken });
    const tokens = await Array.fromAsync(new OpenClaw({ baseUrl: proxy.url, apiKey: ownerToken }).messages.stream({ message: words }));
    expect(proxy.cuts).toBe(2);
    expect(tokens.join("")).toBe(`You said: ${words}`);
    const { runId } = await cut.start(words);
    expect(await Array.fromAsync(cut.runs.events(runId))).toHaveLength(2 + tokens.length);
    await proxy.close();
  });

  test("before the first event is taken up from the first on, and no turn is begun twice", async () => {
    const proxy = await startCuttingProxy(gateway.url, { times: 1, writesBefore: 0 });
    const calls: string[] = [];
    const cut = new OpenClawClient({ baseUrl: proxy.url, token: ownerToken, fetch: (input, init) => (calls.push(`${init!.method} ${new URL(new Request(input).url).pathname}`), fetch(input, init)) });
    const stream = cut.stream("one two");
    expect((await Array.fromAsync(stream)).map((event) => (event.type === "delta" ? event.content : "")).join("")).toBe("You said: one two");
    expect(calls).toEqual(["POST /api/v1/message", `GET /api/v1/runs/${stream.runId}/events`]);
    await proxy.close();
  });
});

test("an error event is thrown as an OpenClawError, behind the events before it", async () => {
  const stream = client.chatStream({ conversationId: null, message: "word ".repeat(1000) });
  const seen: string[] = [];
  const reading = (async () => {
    for await (const event of stream) {
      seen.push(event.type);
      if (seen.length === 3) void client.runs.cancel(stream.runId!);
    }
  })();
  const error = await reading.then(
    () => expect.unreachable(),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(OpenClawError);
  expect(error).toMatchObject({ code: "cancelled", status: 409, requestId: stream.requestId });
  expect(seen.slice(0, 3)).toEqual(["start", "delta", "delta"]);
});

test("runs.events begins behind the event it is told", async () => {
  const { runId } = await client.start("one two three");
  const all = await Array.fromAsync(client.runs.events(runId));
  expect(await Array.fromAsync(client.runs.events(runId, { after: `${runId}:3` }))).toEqual(all.slice(3));
  expect(await Array.fromAsync(client.runs.events(runId, { after: `${runId}:${all.length}` }))).toEqual([]);
});
