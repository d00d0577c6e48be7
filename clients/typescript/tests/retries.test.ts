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
  const sent: { url: string; method: string; lastEventId: string | null; at: number }[] = [];
  const client = new OpenClawClient({
    token: "t",
    fetch: async (input, init) => {
      const { url, method, headers } = new Request(input, init);
      sent.push({ url: new URL(url).pathname, method, lastEventId: headers.get("last-event-id"), at: Date.now() });
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

test("a GET waits as long as the gateway asks, and comes back", async () => {
  const { client, sent } = scripted(busy(503, "2"), busy(429, "3"), ok);
  expect(await settled(client.health())).toMatchObject({ value: health });
  expect(sent.map(({ at }) => at - sent[0]!.at)).toEqual([0, 2000, 5000]);
});

test("a GET is tried again when nobody is there yet", async () => {
  const { client, sent } = scripted(refused, ok);
  expect(await settled(client.health())).toMatchObject({ value: health });
  expect(sent).toHaveLength(2);
});

test("a GET gives up after two retries", async () => {
  const { client, sent } = scripted(busy(503, "1"));
  expect(await settled(client.health())).toMatchObject({ reason: { status: 503, retryAfter: 1 } });
  expect(sent).toHaveLength(3);
});

test.each([
  ["without Retry-After", busy(503)],
  ["with a long one", busy(429, "60")],
  ["with another status", busy(500, "1")],
])("a GET is not tried again %s", async (_, answer) => {
  const { client, sent } = scripted(answer);
  expect(await settled(client.health())).toMatchObject({ status: "rejected" });
  expect(sent).toHaveLength(1);
});

test("what may begin a turn is sent once", async () => {
  for (const answer of [busy(503, "1"), busy(429, "1"), refused]) {
    const { client, sent } = scripted(answer);
    expect(await settled(client.message("hi"))).toMatchObject({ status: "rejected" });
    expect(await settled(Array.fromAsync(client.stream("hi")))).toMatchObject({ status: "rejected" });
    expect(sent).toHaveLength(2);
  }
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
