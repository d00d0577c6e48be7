import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { Agent, fetch } from "undici";
import { WebSocket } from "ws";
import { useServer } from "../contract/targets.ts";
import { ownerToken } from "../harness/gateway.ts";
import { lacksNginx, startNginx, type Nginx } from "../harness/nginx.ts";
import { readEvents } from "../harness/sse.ts";

// What deploy/ has to put in front of the gateway, as it stands there, in a real nginx.

const files = ["upstream.conf", "openclaw.conf"].map((name) => readFileSync(new URL(`../../deploy/nginx/${name}`, import.meta.url), "utf8"));
const serverName = "gateway.example.com";

describe.skipIf(lacksNginx)("behind nginx", () => {
  const gateway = { auth: { token: ownerToken }, trustedProxies: ["127.0.0.1"], allowedHosts: [serverName] };
  const server = useServer({ settings: { gateway, api: { security: { allowedIPs: ["127.0.0.2"] } } } });
  let nginx: Nginx;
  beforeAll(async () => {
    nginx = await startNginx(files.join("\n"), { serverName, upstreamPort: Number(new URL(server.gateway.url).port) });
  });
  afterAll(() => nginx?.close());

  /** Calls by name over TLS, from an address of this machine. */
  async function call(path: string, { from = "127.0.0.2", allowH2 = true, json, length = 0, headers = {} }: { from?: string; allowH2?: boolean; json?: unknown; length?: number; headers?: Record<string, string> } = {}) {
    const dispatcher = new Agent({ allowH2, localAddress: from, connect: { ca: nginx.certificate, lookup: (_name, _options, found) => found(null, "127.0.0.1", 4) } });
    onTestFinished(() => dispatcher.destroy());
    const body = json === undefined ? {} : { method: "POST", body: JSON.stringify(json).padEnd(length) };
    return fetch(`https://${serverName}:${nginx.port}${path}`, { ...body, dispatcher, headers: { Authorization: `Bearer ${ownerToken}`, "Content-Type": "application/json", ...headers } });
  }

  test("a turn is answered over TLS, and browsers are told to stay with it", async () => {
    const answer = await call("/api/v1/messages", { json: { message: "Hello" } });
    expect([answer.status, answer.headers.get("Strict-Transport-Security")]).toEqual([200, "max-age=31536000"]);
    expect(await answer.json()).toMatchObject({ response: "You said: Hello" });
  });

  test.each([["HTTP/1.1", false], ["HTTP/2", true]])("a stream comes event by event over %s: the first while the model still has most to say", async (_name, allowH2) => {
    const answer = await call("/api/v1/messages/stream", { allowH2, json: { message: "Hello [hang-mid]" } });
    const events = readEvents(answer);
    expect((await events.next()).value?.data.type).toBe("token");
    const runId = answer.headers.get("X-Run-Id") ?? "";
    const run = async (path = "", init = {}) => (await call(`/api/v1/runs/${runId}${path}`, init)).json();
    expect(await run()).toMatchObject({ status: "running" });
    expect(await run("/cancel", { json: {} })).toMatchObject({ status: "cancelled" });
    expect((await Array.fromAsync(events)).at(-1)?.data.type).toBe("error");
  });

  test("a page of the gateway's own name talks over its WebSocket", async () => {
    const ws = new WebSocket(`wss://${serverName}:${nginx.port}/ws?token=${ownerToken}`, {
      origin: `https://${serverName}`,
      ca: nginx.certificate,
      localAddress: "127.0.0.2",
      lookup: (_name, { all }, found) => (all ? found(null, [{ address: "127.0.0.1", family: 4 }]) : found(null, "127.0.0.1", 4)),
    });
    onTestFinished(() => ws.terminate());
    ws.on("open", () => ws.send(JSON.stringify({ type: "message", content: "Hello" })));
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    ws.on("error", reject);
    ws.on("message", (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as { type: string };
      if (frame.type === "response") resolve(frame);
    });
    expect(await promise).toMatchObject({ content: "You said: Hello" });
  });

  test("the client's address is the one that nginx has seen, not what it says itself", async () => {
    expect((await call("/api/v1/agents")).status).toBe(200);
    for (const headers of [{}, { "X-Forwarded-For": "127.0.0.2" }] as Record<string, string>[]) {
      const refused = await call("/api/v1/agents", { from: "127.0.0.3", headers });
      expect(refused.status).toBe(403);
      expect(await refused.json()).toMatchObject({ details: { address: "127.0.0.3" } });
    }
    expect((await call("/readyz", { from: "127.0.0.3" })).status).toBe(200);
  });

  test("a body as large as the gateway takes gets through", async () => {
    const answer = await call("/api/v1/messages", { json: { message: "Hello" }, length: 1024 * 1024 });
    expect(answer.status).toBe(200);
  });

  test("413: a body over the gateway's limit is refused by the gateway, which says the limit", async () => {
    const answer = await call("/api/v1/messages", { json: { message: "x".repeat(1024 * 1024) } });
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ error: "payload_too_large", details: { limitBytes: 1024 * 1024 } });
  });
});
