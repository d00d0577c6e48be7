import { WebSocket as Client } from "ws";
import { describe, expect, onTestFinished, test } from "vitest";
import { errorOf } from "../contract/error-of.ts";
import { useServer } from "../contract/targets.ts";
import { ownerToken, startTestGateway, type TestGateway, type TestGatewayOptions } from "../harness/gateway.ts";
import { exchange } from "../harness/raw-exchange.ts";
import { openSocket } from "./client.ts";

// Who may open a socket at all: answered in HTTP, in the face of all other errors.

const rightHeaders = { Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", Host: "127.0.0.1" };

async function start(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const gateway = await startTestGateway(options);
  onTestFinished(() => gateway.close());
  return gateway;
}

/** Asks for an upgrade that is refused, and gives the answer as fetch would. */
async function refused({ url }: TestGateway, path: string, changes: Record<string, string> = {}, method = "GET"): Promise<Response> {
  const headers = Object.entries({ ...rightHeaders, ...changes }).map(([name, value]) => `${name}: ${value}`);
  const answer = await exchange(url, `${method} ${path} HTTP/1.1\r\n${headers.join("\r\n")}\r\n\r\n`);
  return new Response(answer.body, { status: answer.status, headers: answer.headers });
}

/** The face, the status and the code of an error. */
async function errorIn(answer: Response): Promise<unknown> {
  const { face, code } = errorOf(JSON.parse(await answer.text()));
  return [face, answer.status, code];
}

/** The status of a handshake: 101 when it succeeds. */
async function handshake({ url }: TestGateway, headers: Record<string, string>): Promise<number> {
  const ws = new Client(`${url.replace("http", "ws")}/ws`, { headers });
  onTestFinished(() => ws.terminate());
  return new Promise((resolve) => {
    ws.on("upgrade", (response) => resolve(response.statusCode ?? 0));
    ws.on("unexpected-response", (_request, response) => resolve(response.statusCode ?? 0));
    ws.on("error", () => {});
  });
}

describe("in HTTP", () => {
  const server = useServer();

  test("426: asked without an upgrade, and with a wrong version", async () => {
    const answer = await server.call("openSocket");
    expect([answer.status, answer.headers.get("Upgrade")]).toEqual([426, "websocket"]);
    expect((await server.call("openSocket", { token: null, query: { token: ownerToken } })).status).toBe(426);
    const old = await refused(server.gateway, "/ws", { "Sec-WebSocket-Version": "7" });
    expect(old.headers.get("Sec-WebSocket-Version")).toBe("13");
    expect(await errorIn(old)).toEqual(["api", 426, "upgrade_required"]);
  });

  test("400: a handshake whose key is none, or whose parameters are wrong", async () => {
    expect(await errorIn(await refused(server.gateway, "/ws", { "Sec-WebSocket-Key": "short" }))).toEqual(["api", 400, "bad_request"]);
    expect(await errorIn(await refused(server.gateway, `/ws?after=${"e".repeat(65)}`))).toEqual(["api", 400, "bad_request"]);
  });

  test("404 and 405: another path, another method, in its own face", async () => {
    expect(await errorIn(await refused(server.gateway, "/nowhere", { Connection: "Upgrade, close" }))).toEqual(["api", 404, "not_found"]);
    expect(await errorIn(await refused(server.gateway, "/api/nowhere", { Connection: "Upgrade, close" }))).toEqual(["plain", 404, "NOT_FOUND"]);
    expect(await errorIn(await refused(server.gateway, "/ws", { Connection: "Upgrade, close", "Content-Length": "0" }, "POST"))).toEqual(["api", 405, "method_not_allowed"]);
  });

  test("an upgrade to another protocol is passed over", async () => {
    const answer = await refused(server.gateway, "/health", { Connection: "Upgrade, HTTP2-Settings, close", Upgrade: "h2c" });
    expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ status: "ok" })]);
  });

  test("a handshake that is sent ahead of another answer costs its own connection, and nothing else", async () => {
    const request = `GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /ws HTTP/1.1\r\n${Object.entries(rightHeaders).map(([name, value]) => `${name}: ${value}`).join("\r\n")}\r\n\r\n`;
    await exchange(server.gateway.url, request).catch(() => {});
    expect((await server.call("getLiveness", { token: null })).status).toBe(200);
  });

  test("the request's id is in the answer, in the first frame and in the audit log", async () => {
    const ws = new Client(`${server.gateway.url.replace("http", "ws")}/ws?token=${ownerToken}`, { headers: { "X-Request-Id": "my-socket" } });
    onTestFinished(() => ws.terminate());
    const { promise, resolve } = Promise.withResolvers<string | string[] | undefined>();
    ws.on("upgrade", ({ headers }) => resolve(headers["x-request-id"]));
    const first = new Promise<string>((resolve) => ws.once("message", (data: Buffer) => resolve(data.toString())));
    expect(await promise).toBe("my-socket");
    expect(JSON.parse(await first)).toMatchObject({ type: "ready", requestId: "my-socket" });
    const find = async () => ((await server.call("listLogs", { query: { kind: "audit", operation: "openSocket" } })).json(200) as { logs?: unknown[]; entries?: { requestId: string; status: number }[] });
    await expect.poll(async () => JSON.stringify(await find())).toContain("my-socket");
  });
});

describe("pages (RFC 6455, 10.2)", () => {
  const server = useServer({ settings: { gateway: { auth: { enabled: true, token: ownerToken }, cors: { origins: ["https://your-app.com"] } } } });

  test.each([
    ["of a listed origin", "https://your-app.com", 101],
    ["of another origin", "https://evil.example", 403],
    ["of a sandbox or a file", "null", 403],
    ["of what is no origin", "file://", 403],
  ])("%s", async (_name, origin, status) => {
    expect(await handshake(server.gateway, { Origin: origin })).toBe(status);
  });

  test("of the gateway's own origin, whatever a proxy in front of it speaks", async () => {
    const { host } = new URL(server.gateway.url);
    for (const scheme of ["http", "https"]) expect(await handshake(server.gateway, { Origin: `${scheme}://${host}` })).toBe(101);
    expect(await errorIn(await refused(server.gateway, "/ws", { Origin: "https://evil.example" }))).toEqual(["api", 403, "forbidden"]);
  });

  test("are let in from everywhere where the settings say so", async () => {
    const open = await start({ settings: { gateway: { auth: { enabled: true, token: ownerToken }, cors: { origins: ["*"] } } } });
    expect(await handshake(open, { Origin: "https://evil.example" })).toBe(101);
  });
});

describe("the perimeter", () => {
  test("403: other addresses, and other names", async () => {
    const addresses = await start({ settings: { api: { security: { allowedIPs: ["10.0.0.0/8"] } } } });
    expect(await errorIn(await refused(addresses, "/ws"))).toEqual(["api", 403, "forbidden"]);
    const names = await start();
    expect(await errorIn(await refused(names, "/ws", { Host: "rebound.example" }))).toEqual(["api", 403, "forbidden"]);
  });

  test("404: the API is switched off", async () => {
    const off = await start({ settings: { gateway: { auth: { enabled: true, token: ownerToken }, apiEnabled: false } } });
    expect(await errorIn(await refused(off, "/ws"))).toEqual(["api", 404, "not_found"]);
  });

  test("503: while it stops, and when there are as many sockets as there may be", async () => {
    const gateway = await start({ sockets: { most: 1 } });
    await openSocket(gateway, ownerToken);
    const full = await refused(gateway, "/ws");
    expect(full.headers.get("Retry-After")).toBe("30");
    expect(await errorIn(full)).toEqual(["api", 503, "service_unavailable"]);
    gateway.running.gateway.health.setLifecycle("draining");
    expect((await refused(gateway, "/ws")).headers.get("Retry-After")).toBe("5");
  });
});
