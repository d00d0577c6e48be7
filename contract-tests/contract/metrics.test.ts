import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { readMetricsText, type ReadFamily } from "../harness/metrics-text.ts";
import { errorOf } from "./error-of.ts";
import { freshId } from "./ids.ts";
import { runOfRequest } from "./running-run.ts";
import { describeTargets, useServer } from "./targets.ts";

const token = "oc_tok_of_the_metrics_test";

/** Only how long a test waits before it fails: an answer is counted once it is out. */
const patience = { timeout: 10_000, interval: 10 };

describeTargets((target) => {
  test("200: JSON, where nothing else is asked for", async () => {
    const { requests, streams, turns } = (await target.call("getMetrics")).json(200);
    expect([requests.total, streams.open, turns.total].every(Number.isInteger)).toBe(true);
  });
});

describe("the faces", () => {
  const server = useServer();
  const ask = (accept: string) => server.call("getMetrics", { headers: { Accept: accept } });

  test.each([
    ["*/*", "application/json; charset=utf-8"],
    ["image/png", "application/json; charset=utf-8"],
    ["text/plain", "text/plain; version=0.0.4; charset=utf-8"],
    ["text/plain;q=0.5, application/json;q=0.1", "text/plain; version=0.0.4; charset=utf-8"],
    // What Prometheus 2 and 3 ask for.
    ["application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2", "application/openmetrics-text; version=1.0.0; charset=utf-8"],
    ["application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,*/*;q=0.2", "application/openmetrics-text; version=1.0.0; charset=utf-8"],
  ])("Accept: %s", async (accept, contentType) => {
    const { status, headers } = await ask(accept);
    expect([status, headers.get("Content-Type")]).toEqual([200, contentType]);
  });

  test("both texts have the same families", async () => {
    const names = ({ text }: { text: string }, format: "prometheus" | "openmetrics") => [...readMetricsText(text, format)].map(([name, { type }]) => (type === "counter" && format === "openmetrics" ? `${name}_total` : name));
    expect(names(await ask("application/openmetrics-text"), "openmetrics")).toEqual(names(await ask("text/plain"), "prometheus"));
  });
});

describe("what has happened", () => {
  const server = useServer({ provider: { models: [{ id: "gpt-5-mini", price: { input: 0.25, output: 2 } }] }, settings: { api: { auth: { tokens: [{ name: 'A "key"\\', token, scope: ["admin"] }] } } } });
  let families: Map<string, ReadFamily>;

  /** The sum of the samples of a family, or of one part of a histogram, that have these labels. */
  function sum(name: string, labels: Record<string, string> = {}): number {
    const found = families.get(name.replace(/_count$/, ""));
    if (!found) throw new Error(`there is no family of ${name}`);
    return found.samples.filter((sample) => sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value)).reduce((total, { value }) => total + value, 0);
  }

  async function read(): Promise<void> {
    families = readMetricsText((await server.call("getMetrics", { headers: { Accept: "text/plain" } })).text, "prometheus");
  }

  beforeAll(async () => {
    (await server.call("getMetrics")).json(200);
    (await server.call("chat", { json: { message: "Hello" }, token })).json(200);
    (await server.call("chat", { json: { message: "calculate 2+2" } })).json(200);
    (await server.call("streamChat", { json: { message: "Hello" } })).data();
    (await server.call("chat", { json: { message: "Hello [500]" } })).json(502);
    (await server.call("invokeTool", { path: { name: "calculate" }, json: { params: { expression: "1 / 0" } } })).json(422);
    (await server.call("invokeTool", { path: { name: "calculate" }, json: { params: {} } })).json(400);
    await fetch(`${server.gateway.url}/nowhere`);
    (await server.call("chat", { json: { message: "Hello" }, token: null })).json(401);
    await vi.waitUntil(async () => {
      await read();
      return sum("openclaw_http_requests_total", { operation: "chat", status: "401" }) === 1 && sum("openclaw_http_streams_open") === 0;
    }, patience);
  });

  test("requests, by operation, status and key", () => {
    expect(sum("openclaw_http_requests_total", { operation: "chat", method: "POST", status: "200", key: 'A "key"\\' })).toBe(1);
    expect(sum("openclaw_http_requests_total", { operation: "chat", status: "200" })).toBe(2);
    expect(sum("openclaw_http_requests_total", { operation: "chat", status: "502" })).toBe(1);
    expect(sum("openclaw_http_requests_total", { operation: "none", status: "404", key: "none" })).toBe(1);
    expect(sum("openclaw_http_request_duration_seconds_count", { operation: "chat" })).toBe(4);
  });

  test("streams are counted, and not among the durations", () => {
    expect(sum("openclaw_http_streams_total")).toBe(1);
    expect(sum("openclaw_http_requests_total", { operation: "streamChat" })).toBe(1);
    expect(sum("openclaw_http_request_duration_seconds_count", { operation: "streamChat" })).toBe(0);
    expect(sum("openclaw_turn_first_token_seconds_count")).toBe(1);
  });

  test("turns and their tokens, by model", () => {
    expect(sum("openclaw_turns_total", { outcome: "completed", model: "gpt-5-mini" })).toBe(3);
    expect(sum("openclaw_turns_total", { outcome: "failed", model: "none" })).toBe(1);
    expect(sum("openclaw_tokens_total", { direction: "output", model: "gpt-5-mini" })).toBeGreaterThan(0);
  });

  test("what they cost, as the statistics have it", async () => {
    const { totals } = (await server.call("getStats")).json(200);
    expect(totals.costUSD).toBeGreaterThan(0);
    expect(sum("openclaw_cost_usd_total", { model: "gpt-5-mini" })).toBeCloseTo(totals.costUSD, 9);
  });

  test("calls of providers and tools, by outcome", () => {
    expect(sum("openclaw_provider_calls_total", { provider: "openai", outcome: "provider_error" })).toBe(1);
    // One turn has called twice.
    expect(sum("openclaw_provider_calls_total", { provider: "openai", outcome: "ok" })).toBeGreaterThanOrEqual(4);
    expect([sum("openclaw_tool_calls_total", { tool: "calculate", outcome: "ok" }), sum("openclaw_tool_calls_total", { tool: "calculate", outcome: "failed" }), sum("openclaw_tool_calls_total", { tool: "calculate", outcome: "invalid_input" })]).toEqual([1, 1, 1]);
  });

  test("the database and the process", () => {
    expect(sum("openclaw_database_duration_seconds_count", { kind: "transaction" })).toBeGreaterThan(0);
    expect(sum("openclaw_database_duration_seconds_count", { kind: "query" })).toBeGreaterThan(0);
    expect(sum("process_resident_memory_bytes")).toBeGreaterThan(1e7);
    expect(families.get("openclaw_event_loop_lag_seconds")?.samples.map(({ labels }) => labels["statistic"])).toEqual(["p50", "p99", "max"]);
  });

  test("JSON says the same", async () => {
    const metrics = (await server.call("getMetrics")).json(200);
    expect(metrics).toMatchObject({
      streams: { open: 0, total: 1 },
      turns: { total: 4, completed: 3, failed: 1, cancelled: 0, running: 0, waiting: 0 },
      tokens: { in: sum("openclaw_tokens_total", { direction: "input" }), out: sum("openclaw_tokens_total", { direction: "output" }) },
      costUSD: expect.closeTo(sum("openclaw_cost_usd_total"), 9),
      providers: { openai: { errors: 1 } },
      tools: { calls: 3, errors: 2 },
    });
    expect(metrics.requests.byStatus).toMatchObject({ 401: 1, 404: 1, 422: 1, 502: 1 });
    const { p50, p95, p99 } = metrics.latencyMs;
    expect([p50, p95, p99]).toEqual([p50, p95, p99].toSorted((a, b) => a! - b!));
  });

  test("the dashboard asks for metrics and labels that there are", () => {
    const dashboard = JSON.parse(readFileSync(new URL("../../server/metrics/grafana-dashboard.json", import.meta.url), "utf8")) as { panels: { title: string; targets: { expr: string }[] }[] };
    const expressions = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    expect(expressions.length).toBeGreaterThan(20);
    for (const expression of expressions) {
      const names = expression.match(/\b(?:openclaw|process|nodejs)_\w+/g) ?? [];
      expect(names, expression).not.toEqual([]);
      const found = names.map((name) => families.get(name) ?? families.get(name.replace(/_bucket$/, "")));
      expect(found.every((family) => family !== undefined), expression).toBe(true);
      // `instance` is Prometheus' own.
      const labels = [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list]) => list!.split(/, */)).filter((label) => label !== "instance");
      for (const family of found) for (const { labels: had } of family!.samples.slice(0, 1)) expect(Object.keys(had), expression).toEqual(expect.arrayContaining(labels));
    }
  });
});

describe("a client that leaves", () => {
  const server = useServer({ provider: { models: [{ id: "gpt-5-mini" }] } });
  const metrics = async () => (await server.call("getMetrics")).json(200);

  test("before its stream begins: no stream is left open, and its request is counted as 499", async () => {
    const [sessionId, requestId] = [freshId(), freshId("request")];
    const first = server.call("streamChat", { json: { message: "Hello [hang]", sessionId }, headers: { "X-Request-Id": requestId } });
    await server.upstream.untilRequests(1);
    const leave = new AbortController();
    const second = server.call("streamChat", { json: { message: "Hello", sessionId }, signal: leave.signal }).catch(() => {});
    await vi.waitUntil(async () => (await metrics()).turns.waiting === 1, patience);
    leave.abort();
    await second;
    await vi.waitUntil(async () => (await metrics()).requests.byStatus["499"] === 1, patience);
    (await server.call("cancelRun", { path: { runId: runOfRequest(server, requestId) } })).json(200);
    await first;
    // Its turn goes on for a while: somebody may take it up.
    await vi.waitUntil(async () => (await metrics()).turns.completed === 1, patience);
    expect((await metrics()).streams).toEqual({ open: 0, total: 0 });
  });
});

describe("the limits of labels", () => {
  const tokens = Array.from({ length: 103 }, (_, index) => ({ name: `key ${index}`, token: `oc_tok_of_many_number_${index}`, scope: ["read"] }));
  const server = useServer({ settings: { api: { auth: { tokens } } } });

  test("a hundred keys by their labels, all further ones together", async () => {
    for (const { token } of tokens) (await server.call("getApiHealth", { token })).json(200);
    await vi.waitFor(async () => {
      const { text } = await server.call("getMetrics", { headers: { Accept: "text/plain" } });
      const samples = readMetricsText(text, "prometheus").get("openclaw_http_requests_total")!.samples.filter(({ labels }) => labels["operation"] === "getApiHealth");
      expect(samples.length).toBe(101);
      expect(samples.find(({ labels }) => labels["key"] === "other")?.value).toBe(3);
    }, patience);
  });
});

describe("who may not", () => {
  const server = useServer({ settings: { api: { auth: { tokens: [{ name: "one", token, scope: ["read"], rateLimit: 1 }] } } } });

  test.each(["application/json", "text/plain"])("403: a key that is bound to workspaces, as %s", async (accept) => {
    const { secret } = (await server.call("createKey", { json: { label: "Bound", scopes: ["admin"], workspaces: ["team"] } })).json(201);
    const answer = await server.call("getMetrics", { token: secret, headers: { Accept: accept } });
    expect(answer.status).toBe(403);
    expect(errorOf(JSON.parse(answer.text)).message).toContain("bound to");
  });

  test("a request that a limit refuses is counted by the limit", async () => {
    (await server.call("getApiHealth", { token })).json(200);
    expect((await server.call("getApiHealth", { token })).status).toBe(429);
    const { text } = await server.call("getMetrics", { headers: { Accept: "text/plain" } });
    expect(readMetricsText(text, "prometheus").get("openclaw_http_requests_refused_total")!.samples).toEqual([{ name: "openclaw_http_requests_refused_total", labels: { limit: "key" }, value: 1 }]);
  });
});
