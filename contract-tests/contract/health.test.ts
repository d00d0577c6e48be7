import { describe, expect, test, vi } from "vitest";
import { readOnlyToken } from "../harness/gateway.ts";
import { freshId } from "./ids.ts";
import { describeTargets, useServer } from "./targets.ts";

describeTargets((target) => {
  test("200: GET /health is open and small", async () => {
    expect(Object.keys((await target.call("getHealth", { token: null })).json(200)).sort()).toEqual(["status", "uptime", "version"]);
  });

  test("200: GET /health/detail and GET /api/v1/health say what is connected", async () => {
    for (const id of ["getHealthDetail", "getApiHealth"] as const) {
      expect((await target.call(id)).json(200)).toMatchObject({ database: "connected", channels: expect.any(Object), memoryMB: expect.any(Number) });
    }
  });

  test("200: GET /livez and GET /readyz are open", async () => {
    for (const id of ["getLiveness", "getReadiness"] as const) expect((await target.call(id, { token: null })).json(200)).toEqual({ status: "ok" });
  });

  test("200: GET /api/status is the plain edition's", async () => {
    expect((await target.call("getPlainStatus")).json(200)).toMatchObject({ gateway: "running", sessions: expect.any(Number) });
  });

  test("200: GET /api/v1/status is the operator edition's", async () => {
    expect((await target.call("getStatus")).json(200)).toMatchObject({ gateway: "running", database: "connected", queue: { running: expect.any(Number) }, memory: { used: expect.any(Number) } });
  });
});

describe("the server", () => {
  const server = useServer({ provider: { models: [{ id: "gpt-5-mini" }], maxRetries: 0 } });

  test("has no Redis and no channel in this version, and says so", async () => {
    expect((await server.call("getApiHealth", { token: readOnlyToken })).json(200)).toMatchObject({ redis: "disabled", channels: {} });
  });

  test("counts the sessions in the plain status", async () => {
    const before = (await server.call("getPlainStatus")).json(200).sessions;
    await server.makeSession();
    expect((await server.call("getPlainStatus")).json(200).sessions).toBe(before + 1);
  });

  test("is degraded from a provider's failure to its next answer, and says when and why", async () => {
    const state = async () => (await server.call("getStatus")).json(200);
    (await server.call("chat", { json: { message: "Hello" } })).json(200);
    const before = await state();
    expect([before.status, before.providers["openai"]]).toEqual(["ok", { status: "ok", lastSuccessAt: expect.any(String), lastErrorAt: null, lastError: null }]);

    expect((await server.call("chat", { json: { message: "Hello [500]" } })).status).toBe(502);
    const failing = await state();
    expect(failing).toMatchObject({ status: "degraded", providers: { openai: { status: "failing", lastSuccessAt: before.providers["openai"]!.lastSuccessAt, lastErrorAt: expect.any(String), lastError: "provider_error" } } });
    for (const id of ["getHealth", "getHealthDetail", "getApiHealth"] as const) expect((await server.call(id)).json(200).status).toBe("degraded");
    expect((await server.call("getHealthDetail")).json(200)).toMatchObject({ providers: failing.providers, queue: { running: 0, waiting: 0, deliveries: 0 } });

    (await server.call("chat", { json: { message: "Hello" } })).json(200);
    expect(await state()).toMatchObject({ status: "ok", providers: { openai: { status: "ok", lastError: "provider_error" } } });
  });

  test("counts the turns under way, and those behind them", async () => {
    const sessionId = freshId();
    const queue = async () => (await server.call("getStatus")).json(200).queue;
    expect(await queue()).toEqual({ running: 0, waiting: 0, deliveries: 0 });
    const leave = new AbortController();
    server.upstream.reset();
    const turns = [1, 2].map(() => server.call("chat", { json: { message: "Hello [hang]", sessionId }, signal: leave.signal }).catch(() => {}));
    await server.upstream.untilRequests(1);
    await vi.waitFor(async () => expect(await queue()).toEqual({ running: 1, waiting: 1, deliveries: 0 }), { timeout: 10_000, interval: 10 });
    leave.abort();
    await Promise.all(turns);
  });
});
