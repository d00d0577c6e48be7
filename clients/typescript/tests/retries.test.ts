import { OpenClawClient } from "@openclaw/sdk";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const health = { status: "ok" };

/** A client whose requests are answered by these in turn, the last for ever; and the requests that were sent. */
function scripted(...answers: (() => Response | Promise<Response>)[]) {
  const sent: { url: string; method: string; lastEventId: string | null; key: string | null; at: number }[] = [];
  const client = new OpenClawClient({
    token: "t",
    fetch: async (input, init) => {
      const { url, method, headers } = new Request(input, init);
      sent.push({ url: new URL(url).pathname, method, lastEventId: headers.get("last-event-id"), key: headers.get("idempotency-key"), at: Date.now() });
      return (answers.length > 1 ? answers.shift()! : answers[0]!)();
    },
  });
  return { client, sent };
}

const busy = (status: number, retryAfter?: string) => () =>
  Response.json({ error: "service_unavailable", message: "Later.", status, details: {}, requestId: "req_1" }, { status, headers: retryAfter ? { "Retry-After": retryAfter } : {} });
const ok = () => Response.json(health);
const refused = () => {
  throw Object.assign(new TypeError("fetch failed"), { cause: Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" }) });
};
/** A stream that says this much and then breaks off. */
const cutStream = (text: string) => () =>
  new Response(
    new ReadableStream({
      pull(controller) {
        if (text === "") controller.error(new TypeError("terminated"));
        else controller.enqueue(new TextEncoder().encode(text));
        text = "";
      },
    }),
    { headers: { "Content-Type": "text/event-stream", "X-Run-Id": "run_1" } },
  );

async function settled<T>(pending: Promise<T>): Promise<PromiseSettledResult<T>> {
  const all = Promise.allSettled([pending]);
  await vi.runAllTimersAsync();
  return (await all)[0];
}

const waitsOf = (sent: { at: number }[]) => sent.slice(1).map(({ at }, index) => at - sent[index]!.at);

test("a request waits as long as the gateway asks, a little longer than others, and comes back", async () => {
  const { client, sent } = scripted(busy(503, "2"), busy(429, "3"), ok);
  expect(await settled(client.health())).toMatchObject({ value: health });
  const [first, second] = waitsOf(sent) as [number, number];
  expect([first >= 2000 && first <= 2200, second >= 3000 && second <= 3300]).toEqual([true, true]);
});

test.each<[what: string, answer: () => Response]>([
  ["nobody is there", refused],
  ["the answer breaks off", () => new Response(new ReadableStream({ pull: (controller) => controller.error(new TypeError("terminated")) }), { headers: { "Content-Type": "application/json" } })],
  ...[429, 502, 503, 504].map((status) => [`it is a ${status} that does not say when`, busy(status)] satisfies [string, () => Response]),
])("a GET and a POST are tried again, later each time, when %s", async (_, answer) => {
  for (const operation of ["getApiHealth", "testWebhook"] as const) {
    const { client, sent } = scripted(answer, answer, ok);
    const call = operation === "getApiHealth" ? client.call(operation) : client.call(operation, { path: { webhookId: "wh_1" } });
    expect(await settled<unknown>(call)).toMatchObject({ value: health });
    const [first, second] = waitsOf(sent) as [number, number];
    expect([first >= 250 && first <= 500, second >= 500 && second <= 1000]).toEqual([true, true]);
    expect(new Set(sent.map(({ key }) => key)).size).toBe(1);
    expect(sent[0]!.key === null).toBe(operation === "getApiHealth");
  }
});

test("each POST has a key of its own, or the caller's, or none", async () => {
  const { client, sent } = scripted(ok);
  for (const idempotencyKey of [undefined, undefined, "mine", null]) await client.call("searchMemory", { body: { query: "x" } }, { idempotencyKey });
  expect(sent.map(({ key }) => key)).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), expect.stringMatching(/^[0-9a-f]{32}$/), "mine", null]);
  expect(new Set(sent.map(({ key }) => key)).size).toBe(4);
});

test("it gives up after two retries, or as many as it is told", async () => {
  const { client, sent } = scripted(busy(503, "1"));
  expect(await settled(client.health())).toMatchObject({ reason: { status: 503, retryAfter: 1 } });
  expect(sent).toHaveLength(3);
  await settled(client.health({ maxRetries: 0 }));
  expect(sent).toHaveLength(4);
});

test.each([
  ["with a long Retry-After", busy(429, "60")],
  ["with another status", busy(500, "1")],
])("it is not tried again %s", async (_, answer) => {
  const { client, sent } = scripted(answer);
  expect(await settled(client.health())).toMatchObject({ status: "rejected" });
  expect(sent).toHaveLength(1);
});

test("a POST without a key is sent once", async () => {
  for (const answer of [busy(503, "1"), busy(429, "1"), refused]) {
    const { client, sent } = scripted(answer);
    expect(await settled(client.message("hi", { idempotencyKey: null }))).toMatchObject({ status: "rejected" });
    expect(await settled(Array.fromAsync(client.stream("hi", { idempotencyKey: null })))).toMatchObject({ status: "rejected" });
    expect(sent).toHaveLength(2);
  }
});

test("a turn that a GET begins is sent once", async () => {
  for (const answer of [busy(503, "1"), refused]) {
    const { client, sent } = scripted(answer);
    expect((await settled(Array.fromAsync(client.streamOf("streamChatByQuery", { query: { message: "hi" } })))).status).toBe("rejected");
    expect(sent).toHaveLength(1);
  }
});

test("a run's events that broke off before the first are taken up behind what was asked for", async () => {
  const { client, sent } = scripted(cutStream(""), () => new Response(null, { status: 204 }));
  expect(await settled(Array.fromAsync(client.runs.events("run_1", { after: "run_1:3" })))).toMatchObject({ value: [] });
  expect(sent.map(({ lastEventId }) => lastEventId)).toEqual([null, "run_1:3"]);
});

test.each(["deleteMemory", "revokeKey"] as const)("%s is tried again when it cannot have been done, and only then", async (operation) => {
  const remove = (client: OpenClawClient) => (operation === "revokeKey" ? client.call(operation, { path: { keyId: "key_1" } }) : client.call(operation, { path: { memoryId: "mem_1" } }));
  const gone = () => new Response(null, { status: 204 });
  for (const [answer, requests] of [[refused, 2], [busy(503), 2], [busy(502), 1], [() => Promise.reject(new TypeError("terminated")), 1]] as const) {
    const { client, sent } = scripted(answer, gone);
    expect((await settled(remove(client))).status).toBe(requests === 2 ? "fulfilled" : "rejected");
    expect(sent).toHaveLength(requests);
  }
});

test("a POST whose first answer was lost waits until the first is done", async () => {
  const cut = () => Promise.reject(new TypeError("terminated"));
  const { client, sent } = scripted(cut, busy(409, "1"), busy(409, "1"), busy(409, "1"), busy(409, "1"), ok);
  expect(await settled<unknown>(client.call("searchMemory", { body: { query: "x" } }))).toMatchObject({ value: health });
  expect(new Set(sent.map(({ key }) => key)).size).toBe(1);
  expect(sent).toHaveLength(6);
  const other = scripted(busy(409, "1"));
  expect(await settled(other.client.call("searchMemory", { body: { query: "x" } }))).toMatchObject({ reason: { status: 409 } });
  expect(other.sent).toHaveLength(1);
});

/** Answers nothing, until the request is aborted. */
const hanging: typeof fetch = (_input, init) =>
  new Promise((_resolve, reject) => {
    const { signal } = init as { signal: AbortSignal };
    signal.addEventListener("abort", () => reject(signal.reason as Error));
  });

test("a stream that never begins ends with the client's time", async () => {
  const client = new OpenClawClient({ token: "t", timeoutMs: 5000, fetch: hanging });
  const reading = settled(Array.fromAsync(client.stream("Hello")));
  expect(await reading).toMatchObject({ reason: { name: "OpenClawConnectionError", code: "timeout", message: "The stream did not begin within 5000 ms." } });
});

test("a gateway that does not answer is asked again for the rest of a stream, and for events", async () => {
  for (const first of [cutStream('id: run_1:1\ndata: {"type":"delta","content":"a"}\n\n'), undefined]) {
    let requests = 0;
    const fetch: typeof globalThis.fetch = (input, init) => (requests++ === 0 && first ? Promise.resolve(first()) : hanging(input, init));
    const client = new OpenClawClient({ token: "t", fetch });
    const leave = new AbortController();
    const reading = Array.fromAsync<unknown>(first ? client.stream("Hello", { signal: leave.signal }) : client.events.follow({}, { signal: leave.signal }));
    const ended = Promise.allSettled([reading]);
    await vi.advanceTimersByTimeAsync(100_000);
    // Each waits for as long as three heartbeats take.
    expect(requests).toBe(first ? 4 : 3);
    leave.abort(new Error("enough"));
    expect(await ended).toMatchObject([{ reason: { message: "enough" } }]);
  }
});

test("a call ends with its time, all attempts together", async () => {
  const { client, sent } = scripted(busy(503, "4"));
  expect(await settled(client.health({ timeoutMs: 5000, maxRetries: 9 }))).toMatchObject({ reason: { name: "OpenClawConnectionError", code: "timeout", status: 0 } });
  expect(sent).toHaveLength(2);
});

test("an abort ends the wait", async () => {
  const { client, sent } = scripted(busy(503, "10"));
  const controller = new AbortController();
  const pending = client.health({ signal: controller.signal });
  setTimeout(() => controller.abort(new Error("left")), 100);
  expect(await settled(pending)).toMatchObject({ reason: { message: "left" } });
  expect(sent).toHaveLength(1);
});

test("a cut stream is asked for behind its last whole event, and given up after eight attempts", async () => {
  const { client, sent } = scripted(cutStream('id: run_1:1\ndata: {"type":"delta","content":"a"}\n\nid: run_1:2\ndata: {"ty'), refused);
  const outcome = await settled(Array.fromAsync(client.stream("hi")));
  expect(outcome).toMatchObject({ reason: { name: "OpenClawConnectionError", message: expect.stringContaining("could not be taken up again") } });
  expect(sent).toHaveLength(9);
  expect(sent.slice(1).every(({ url, method, lastEventId }) => url === "/api/v1/runs/run_1/events" && method === "GET" && lastEventId === "run_1:1")).toBe(true);
  expect(sent.at(-1)!.at - sent[0]!.at).toBeLessThan(30_000);
});

test("a cut stream waits as the gateway asks; what it refuses is thrown", async () => {
  const { client, sent } = scripted(cutStream('id: run_1:1\ndata: {"type":"delta","content":"a"}\n\n'), busy(503, "4"), busy(404));
  expect(await settled(Array.fromAsync(client.stream("hi")))).toMatchObject({ reason: { status: 404 } });
  expect(sent).toHaveLength(3);
  expect(sent[2]!.at - sent[1]!.at).toBeGreaterThanOrEqual(4000);
});
