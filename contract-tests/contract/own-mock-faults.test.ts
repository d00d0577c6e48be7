import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestMock } from "../mock/start-own-mock.ts";
import { streamPrompt } from "../streams/expected.ts";
import { openStream } from "./open-stream.ts";
import { send } from "./send.ts";

// The faults that a client asks `openclaw mock` for, to see what it makes of them.

let mock: Awaited<ReturnType<typeof startTestMock>>;
beforeAll(async () => {
  mock = await startTestMock();
});
afterAll(() => mock.close());

const json = { message: streamPrompt };

/** Each test is a client of its own. */
function client(token = crypto.randomUUID()) {
  return {
    listAgents: (prefer: string, headers = {}) => send(mock.url, "listAgents", { headers: { Prefer: prefer, ...headers } }, token),
    chat: (prefer: string, headers = {}) => send(mock.url, "chat", { json, headers: { Prefer: prefer, ...headers } }, token),
    streamChat: async (prefer: string, headers = {}) => openStream("streamChat", await send(mock.url, "streamChat", { json, headers: { Prefer: prefer, ...headers } }, token)),
    streamRun: async (headers = {}) => openStream("streamRunEvents", await send(mock.url, "streamRunEvents", { path: { runId: "run_0199c0ffee" }, headers }, token)),
  };
}

/** The ids of the events until the stream ends or is cut. */
async function readIds(stream: Awaited<ReturnType<typeof openStream>>): Promise<{ ids: string[]; isCut: boolean }> {
  const ids: string[] = [];
  try {
    for (let event = await stream.next(); event; event = await stream.next()) ids.push(event.id);
    return { ids, isCut: false };
  } catch {
    return { ids, isCut: true };
  }
}

describe("code", () => {
  test("429 says when to come back, and that nothing is left", async () => {
    const { status, headers } = await client().listAgents("code=429, retry-after=2");
    expect([status, headers.get("Retry-After"), headers.get("X-RateLimit-Remaining")]).toEqual([429, "2", "0"]);
    expect((await client().listAgents("code=503")).headers.get("Retry-After")).toBe("30");
  });

  test("an answer other than 200 is had by `times` so often, then comes a good one, then it begins anew", async () => {
    const { listAgents } = client();
    const statuses = [];
    for (let request = 0; request < 6; request++) statuses.push((await listAgents("code=503, times=2")).status);
    expect(statuses).toEqual([503, 503, 200, 503, 503, 200]);
  });

  test("requests are told apart by their token, their `Idempotency-Key`, and what they ask", async () => {
    const { listAgents, chat } = client();
    const prefer = "code=503, times=1";
    const answers = [await listAgents(prefer), await client().listAgents(prefer), await chat(prefer), await chat(prefer, { "Idempotency-Key": "a" }), await chat(prefer, { "Idempotency-Key": "b" })];
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 503, 503]);
    expect((await chat(prefer, { "Idempotency-Key": "a" })).status).toBe(200);
  });
});

describe("delay and rate", () => {
  test("an answer comes late, and a client that gives up is let go", async () => {
    const startedAt = performance.now();
    expect((await client().listAgents("delay=80")).status).toBe(200);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(79);
    await expect(fetch(`${mock.url}/api/v1/agents?__delay=600000`, { headers: { Authorization: "Bearer x" }, signal: AbortSignal.timeout(50) })).rejects.toThrow(/timeout/);
  });

  test("events come one by one", async () => {
    const startedAt = performance.now();
    const { ids } = await readIds(await client().streamChat("rate=20"));
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual((ids.length - 1) * 19);
  });
});

describe("cut-after", () => {
  test.each([0, 1, 30])("%i bytes of a body that was promised longer", async (bytes) => {
    const response = await client().listAgents(`cut-after=${bytes}`);
    expect(Number(response.headers.get("Content-Length"))).toBeGreaterThan(30);
    const received: number[] = [];
    const reading = (async () => {
      for await (const chunk of response.body!) received.push((chunk as Uint8Array).length);
    })();
    await expect(reading).rejects.toThrow("terminated");
    expect(received.reduce((sum, length) => sum + length, 0)).toBe(bytes);
  });

  test("a body that is no longer comes whole; so does a stream", async () => {
    expect(await (await client().listAgents("cut-after=100000")).json()).toHaveProperty("agents");
    expect((await readIds(await client().streamChat("cut-after=8"))).isCut).toBe(false);
  });

  test("an answer that was lost comes again for its `Idempotency-Key`", async () => {
    const { chat } = client();
    const headers = { "Idempotency-Key": crypto.randomUUID() };
    const lost = await chat("cut-after=10", headers);
    await expect(lost.text()).rejects.toThrow("terminated");
    const again = await chat("cut-after=10", headers);
    expect([again.headers.get("Idempotency-Replayed"), typeof (await again.json())]).toEqual(["true", "object"]);
  });

  test("a stream that is cut goes on where it was, at its own address and at the run's, until it is whole", async () => {
    const { streamChat, streamRun } = client();
    const whole = await readIds(await streamChat("example=conversations"));
    const first = await readIds(await streamChat("example=conversations, cut-after=3"));
    expect(first).toEqual({ ids: whole.ids.slice(0, 3), isCut: true });
    const second = await readIds(await streamChat("example=conversations, cut-after=3", { "Last-Event-ID": first.ids.at(-1) }));
    expect(second).toEqual({ ids: whole.ids.slice(3, 6), isCut: true });
    const stream = await streamRun({ "Last-Event-ID": second.ids.at(-1) });
    const last = await stream.rest();
    expect(last.map(({ id }) => id)).toEqual(whole.ids.slice(6));
    // In the edition in which it began.
    expect(last.at(-1)?.data).toMatchObject({ type: "done" });
    expect((await streamRun({ "Last-Event-ID": whole.ids.at(-1) })).status).toBe(204);
  });

  test("once only: the same request with `Last-Event-ID` gets the rest", async () => {
    const { streamChat } = client();
    const first = await readIds(await streamChat("cut-after=0, times=1"));
    expect(first).toEqual({ ids: [], isCut: true });
    const second = await readIds(await streamChat("cut-after=0, times=1"));
    expect([second.ids.length, second.isCut]).toEqual([8, false]);
  });

  test("a stream without an end stays open behind its last event, and can be cut there", async () => {
    const follow = async (headers: Record<string, string>) => openStream("listEvents", await send(mock.url, "listEvents", { headers: { Accept: "text/event-stream", ...headers } }, "x"));
    const { ids, isCut } = await readIds(await follow({ Prefer: "cut-after=6" }));
    expect([ids.length, isCut]).toEqual([6, true]);
    const stream = await follow({ "Last-Event-ID": ids[4] ?? "" });
    expect((await stream.next())?.id).toBe(ids[5]);
    expect(await Promise.race([stream.next().catch(() => "cut"), sleep(100, "open")])).toBe("open");
    void stream.leave();
  });

  test("400: an event that the stream does not have", async () => {
    const response = await send(mock.url, "streamChat", { json, headers: { "Last-Event-ID": "run_0199c0ffee:99" } }, "x");
    expect([response.status, ((await response.json()) as { message: string }).message]).toEqual([400, expect.stringMatching(/no event `run_0199c0ffee:99`.*`run_0199c0ffee:1`/)]);
  });
});

test("--token lets in that token alone", async () => {
  const locked = await startTestMock("oc_tok_the_only_one");
  const statusOf = async (token: string) => (await send(locked.url, "listAgents", {}, token)).status;
  expect([await statusOf("oc_tok_the_only_one"), await statusOf("oc_tok_another")]).toEqual([200, 401]);
  await locked.close();
});
