import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { startOtlpCollector, type FakeCollector, type ReceivedSpan } from "../fakes/otlp-collector.ts";
import { startServerTarget, type ServerTarget } from "./server-target.ts";
import { readMetricsText } from "../harness/metrics-text.ts";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const callerSpanId = "00f067aa0ba902b7";
const traceparent = `00-${traceId}-${callerSpanId}-01`;

/** Only how long a test waits before it fails. */
const patience = { timeout: 10_000, interval: 10 };

let collector: FakeCollector;
let server: ServerTarget;

async function start(env: Record<string, string> = {}): Promise<void> {
  collector = await startOtlpCollector();
  const variables = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: "10", ...env };
  server = await startServerTarget({ env: variables, provider: { models: [{ id: "gpt-5-mini" }], maxRetries: 0 } });
}

async function stop(): Promise<void> {
  await server.close();
  await collector.close();
}

/** The spans of a trace by their names, once there are as many. */
async function spansOf(trace: string, count: number): Promise<ReceivedSpan[]> {
  return vi.waitFor(() => {
    const found = collector.spans().filter((span) => span.traceId === trace);
    expect(found.map(({ name }) => name).sort()).toHaveLength(count);
    return found;
  }, patience);
}

const named = (spans: readonly ReceivedSpan[], name: string) => spans.filter((span) => span.name === name).sort((a, b) => Number(BigInt(a.startTimeUnixNano) - BigInt(b.startTimeUnixNano)));

describe("a gateway that knows a collector", () => {
  beforeAll(() => start({ OTEL_SERVICE_NAME: "my gateway", OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=test%20bed", OTEL_EXPORTER_OTLP_HEADERS: "X-Tenant=me" }));
  afterAll(() => stop());

  test("a turn: request, turn, model calls and tool, each below the other, in the caller's trace", async () => {
    const answer = await server.call("chat", { json: { message: "calculate 2+2", agentId: "main", sessionId: "traced" }, headers: { traceparent } });
    const { text } = answer;
    expect(answer.status, text).toBe(200);
    const spans = await spansOf(traceId, 5);
    const [request, turn, tool] = ["POST /api/v1/chat", "invoke_agent main", "execute_tool calculate"].map((name) => named(spans, name)[0]!);
    const [asking, telling] = named(spans, "chat gpt-5-mini");
    expect(request).toMatchObject({ parentSpanId: callerSpanId, kind: 2, status: {}, attributes: { "http.request.method": "POST", "http.route": "/api/v1/chat", "url.path": "/api/v1/chat", "http.response.status_code": 200, "openclaw.operation": "chat" } });
    expect(turn).toMatchObject({ parentSpanId: request!.spanId, kind: 1, attributes: { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.id": "main", "gen_ai.conversation.id": "traced" } });
    expect(asking).toMatchObject({ parentSpanId: turn!.spanId, kind: 3, attributes: { "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-5-mini", "gen_ai.response.finish_reasons": ["tool_calls"] } });
    expect(tool).toMatchObject({ parentSpanId: turn!.spanId, kind: 1, attributes: { "gen_ai.tool.name": "calculate" } });
    expect(telling).toMatchObject({ parentSpanId: turn!.spanId, attributes: { "gen_ai.usage.output_tokens": expect.any(Number) } });
    expect(collector.resource()).toMatchObject({ "service.name": "my gateway", "deployment.environment.name": "test bed" });
    expect(collector.requests.every(({ headers }) => headers["x-tenant"] === "me")).toBe(true);
    // The provider is told which call it is.
    const sent = server.upstream.requests.filter(({ method }) => method === "POST").map(({ headers }) => headers["traceparent"]);
    expect(sent).toEqual([asking, telling].map((span) => `00-${traceId}-${span!.spanId}-01`));
  });

  test("a stream: its request lasts as long as the stream", async () => {
    const trace = traceId.replace(/^4/, "5");
    (await server.call("streamChat", { json: { message: "Hello [slow 5]", agentId: "main" }, headers: { traceparent: `00-${trace}-${callerSpanId}-01` } })).data();
    const spans = await spansOf(trace, 3);
    const [request, model] = [named(spans, "POST /api/v1/chat/stream")[0]!, named(spans, "chat gpt-5-mini")[0]!];
    expect(BigInt(request.endTimeUnixNano) >= BigInt(model.endTimeUnixNano)).toBe(true);
  });

  test("a failure is marked on each of its spans", async () => {
    const trace = traceId.replace(/^4/, "6");
    expect((await server.call("chat", { json: { message: "Hello [500]", agentId: "main" }, headers: { traceparent: `00-${trace}-${callerSpanId}-01` } })).status).toBe(502);
    const spans = await spansOf(trace, 3);
    expect(spans.map(({ status, attributes }) => `${status.code} ${attributes["error.type"] as string}`).sort()).toEqual(["2 502", "2 provider_error", "2 provider_error"]);
  });

  test("a caller who keeps no trace has none of ours, and the provider is told so", async () => {
    const trace = traceId.replace(/^4/, "7");
    server.upstream.reset();
    (await server.call("chat", { json: { message: "Hello", agentId: "main" }, headers: { traceparent: `00-${trace}-${callerSpanId}-00` } })).json(200);
    expect(server.upstream.requests.at(-1)!.headers["traceparent"]).toMatch(new RegExp(`^00-${trace}-[0-9a-f]{16}-00$`));
    const last = traceId.replace(/^4/, "8");
    (await server.call("listAgents", { headers: { traceparent: `00-${last}-${callerSpanId}-01` } })).json(200);
    await spansOf(last, 1);
    expect(collector.spans().filter((span) => span.traceId === trace)).toEqual([]);
  });

  test.each(["garbage", `00-${"0".repeat(32)}-${callerSpanId}-01`, `ff-${traceId}-${callerSpanId}-01`])("a traceparent that is none begins a trace: %s", async (bad) => {
    const before = collector.spans().length;
    (await server.call("listModels", { headers: { traceparent: bad } })).json(200);
    const spans = await vi.waitFor(() => {
      const found = collector.spans().slice(before).filter(({ name }) => name === "GET /api/v1/models");
      expect(found).toHaveLength(1);
      return found;
    }, patience);
    expect(spans[0]).not.toHaveProperty("parentSpanId");
  });

  test("no token is in any span", async () => {
    const token = "oc_tok_owner_of_the_test_gateway";
    await fetch(`${server.gateway.url}/api/v1/agents?api_key=${token}`, { headers: { traceparent: `00-${traceId.replace(/^4/, "9")}-${callerSpanId}-01` } });
    await spansOf(traceId.replace(/^4/, "9"), 1);
    expect(JSON.stringify(collector.spans())).not.toContain(token);
  });
});

describe("a collector that is away", () => {
  afterEach(() => stop());
  const counted = async (name: string) => readMetricsText((await server.call("getMetrics", { headers: { Accept: "text/plain" } })).text, "prometheus").get(name)!.samples[0]!.value;

  test("nobody waits for it; what has no room is dropped and counted, and the rest is sent when it is back", async () => {
    await start({ OTEL_BSP_MAX_QUEUE_SIZE: "2" });
    collector.answer(503);
    for (let request = 0; request < 5; request++) (await server.call("listAgents")).json(200);
    await vi.waitFor(async () => expect(await counted("openclaw_trace_spans_dropped_total")).toBeGreaterThanOrEqual(3), patience);
    expect(collector.spans()).toEqual([]);
    collector.answer(200);
    await vi.waitFor(async () => expect(await counted("openclaw_trace_spans_exported_total")).toBeGreaterThanOrEqual(2), patience);
    expect(collector.spans().length).toBeGreaterThanOrEqual(2);
  });

  test("it is not waited for at the end either, when it does not answer", async () => {
    await start();
    collector.answer(null);
    (await server.call("listAgents")).json(200);
    await collector.untilRequests(1);
    await server.gateway.running.stop(0);
    await collector.untilAborted(1);
  });

  test("what waits is sent at the end", async () => {
    await start({ OTEL_BSP_SCHEDULE_DELAY: "3600000" });
    (await server.call("listAgents")).json(200);
    await server.gateway.running.stop(0);
    expect(collector.spans().map(({ name }) => name)).toEqual(["GET /api/v1/agents"]);
  });
});

test("without a collector no provider is told of a span, though the caller names one", async () => {
  await start({ OTEL_EXPORTER_OTLP_ENDPOINT: "" });
  (await server.call("chat", { json: { message: "Hello", agentId: "main" }, headers: { traceparent } })).json(200);
  expect(server.upstream.requests.at(-1)!.headers).not.toHaveProperty("traceparent");
  await stop();
  expect(collector.requests).toEqual([]);
});

test("an address that is none does not keep the gateway from starting", async () => {
  await start({ OTEL_EXPORTER_OTLP_ENDPOINT: "nowhere" });
  (await server.call("getReadiness", { token: null })).json(200);
  await stop();
});
