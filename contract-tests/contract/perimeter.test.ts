import { describe, expect, test } from "vitest";
import { securityHeaders } from "../../server/http/perimeter/security-headers.ts";
import { ownerToken } from "../harness/gateway.ts";
import { exchange } from "../harness/raw-exchange.ts";
import { errorOf, expectError } from "./error-of.ts";
import { exampleRequest } from "./example-request.ts";
import { operations } from "./operations.ts";
import type { ServerTarget } from "./server-target.ts";
import { useServer } from "./targets.ts";

// Who may come in at all, before anybody is asked for a key.

const probes = operations.filter(({ path }) => ["/health", "/livez", "/readyz"].includes(path));
const others = operations.filter((operation) => !probes.includes(operation));

/** A path of each family, and one that nobody has. */
const paths = [
  ["/api/v1/agents", "api"],
  ["/health/detail", "api"],
  ["/docs", "api"],
  ["/nowhere", "api"],
  ["/api/status", "plain"],
  ["/api/v1/openai/models", "openai"],
] as const;

describe("a gateway for some addresses only", () => {
  const server = useServer({ settings: { api: { security: { allowedIPs: ["10.0.0.0/8", "2001:db8::/32"] } } } });

  test.each(others)("403: $id from another, with a key and without, in its own face", async ({ id, face }) => {
    for (const token of [ownerToken, null]) {
      const answer = await server.call(id, { ...exampleRequest(id), token });
      expect(answer.status, answer.text).toBe(403);
      const { code, face: found, message, details } = errorOf(JSON.parse(answer.text));
      expect([found, code.toLowerCase()]).toEqual([face, "forbidden"]);
      for (const hint of ["127.0.0.1", "api.security.allowedIPs", "gateway.trustedProxies"]) expect(message).toContain(hint);
      // OpenAI's face has no details.
      expect(details).toEqual(face === "openai" ? {} : { address: "127.0.0.1" });
    }
  });

  test.each(probes)("200: $id from anywhere", async ({ id }) => {
    expect((await server.call(id, { token: null })).status).toBe(200);
  });

  test.each(paths)("403: %s in the face of %s, whatever is there", async (path, face) => {
    await expectError(await server.gateway.call(path), face, 403, "forbidden");
    await expectError(await server.gateway.call(path, { method: "PUT" }), face, 403, "forbidden");
  });

  test("403: who says that it was forwarded is not believed", async () => {
    const { message } = (await server.call("listAgents", { headers: { "X-Forwarded-For": "10.1.2.3" } })).json(403);
    expect(message).toContain("127.0.0.1");
  });

  test("a probe's path with something behind it is no probe", async () => {
    for (const path of ["/health/", "/health/x", "/readyz/", "//health"]) expect((await server.gateway.call(path)).status, path).toBe(403);
  });
});

describe("a gateway for some addresses only, behind a proxy", () => {
  const server = useServer({ settings: { gateway: { auth: { token: ownerToken }, trustedProxies: ["127.0.0.1"] }, api: { security: { allowedIPs: ["10.0.0.0/8", "2001:db8::/32"] } } } });
  const from = async (forwardedFor: string) => (await server.call("listAgents", { headers: { "X-Forwarded-For": forwardedFor } })).status;

  test("200: from an allowed address, as the proxy names it", async () => {
    for (const address of ["10.1.2.3", "::ffff:10.1.2.3", "2001:db8::5", "[2001:db8::5]:4711", "203.0.113.5, 10.1.2.3"]) expect(await from(address), address).toBe(200);
  });

  test("403: from any other, whatever the client has written before it", async () => {
    for (const address of ["203.0.113.5", "10.1.2.3, 203.0.113.5", "127.0.0.1, 203.0.113.5", "10.1.2.3, garbage", "2001:db9::1"]) expect(await from(address), address).toBe(403);
    const { message } = (await server.call("listAgents", { headers: { "X-Forwarded-For": "10.1.2.3, 203.0.113.5" } })).json(403);
    expect(message).toContain("203.0.113.5");
  });

  test("of several headers the last counts", async () => {
    const ask = (...headers: string[]) => exchange(server.gateway.url, ["GET /api/v1/agents HTTP/1.1", "Host: localhost", `Authorization: Bearer ${ownerToken}`, ...headers, "Connection: close", "", ""].join("\r\n"));
    expect((await ask("X-Forwarded-For: 203.0.113.5", "X-Forwarded-For: 10.1.2.3")).status).toBe(200);
    expect((await ask("X-Forwarded-For: 10.1.2.3", "X-Forwarded-For: 203.0.113.5")).status).toBe(403);
  });
});

/** Asks for a target by a host, as a page would whose name now means 127.0.0.1. */
const askBy = ({ gateway }: ServerTarget, host: string | null, target = "/api/v1/agents", version = "1.1") =>
  exchange(gateway.url, [`GET ${target} HTTP/${version}`, ...(host === null ? [] : [`Host: ${host}`]), `Authorization: Bearer ${ownerToken}`, "Connection: close", "", ""].join("\r\n"));

describe("a gateway on loopback, against DNS rebinding", () => {
  const server = useServer({ settings: { gateway: { auth: { token: ownerToken }, allowedHosts: ["Gateway.example.com", "bücher.example"] } } });

  test.each(["localhost", "localhost:18789", "app.localhost", "127.0.0.1:18789", "192.168.1.5", "[::1]:18789", "gateway.example.com", "gateway.example.com:443", "xn--bcher-kva.example"])("200: as %s", async (host) => {
    expect((await askBy(server, host)).status).toBe(200);
  });

  test.each(paths)("403: %s by another name, in the face of %s", async (path, face) => {
    const { status, headers, body } = await askBy(server, "evil.example:18789", path);
    const { message } = await expectError(new Response(body, { status, headers }), face, 403, "forbidden");
    for (const hint of ["evil.example:18789", "gateway.allowedHosts"]) expect(message).toContain(hint);
  });

  test("200: probes, by whatever name", async () => {
    for (const { path } of probes) expect((await askBy(server, "evil.example", path)).status, path).toBe(200);
  });

  test("200: without any name, as HTTP/1.0 may", async () => {
    expect((await askBy(server, null, undefined, "1.0")).status).toBe(200);
    expect((await askBy(server, "evil.example", undefined, "1.0")).status).toBe(403);
  });

  test("a target that names a host itself counts, and finds its way (RFC 9112, 3.2.2)", async () => {
    expect((await askBy(server, "evil.example", "http://localhost/api/v1/agents")).status).toBe(200);
    expect((await askBy(server, "localhost", "http://evil.example/api/v1/agents")).status).toBe(403);
    expect((await askBy(server, "localhost", "HTTP://evil.example:80/readyz")).status).toBe(200);
  });
});

describe("what every answer tells browsers", () => {
  const server = useServer();

  test.each([
    ["200", "/api/v1/agents", {}],
    ["401", "/api/v1/agents", { token: null }],
    ["404", "/nowhere", {}],
    ["405", "/api/v1/chat", {}],
    ["open", "/health", { token: null }],
    ["the contract", "/openapi.yaml", { token: null }],
  ])("%s at %s", async (_name, path, init) => {
    const { headers } = await server.gateway.call(path, init);
    for (const [name, value] of Object.entries(securityHeaders)) expect(headers.get(name), name).toBe(value);
    expect(headers.get("X-Request-Id")).not.toBeNull();
  });

  test("a stream keeps what proxies must know", async () => {
    const { headers } = await server.call("streamMessage", { json: { message: "Hello" } });
    expect(headers.get("Cache-Control")).toBe("no-cache, no-store, no-transform");
    expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
  });

  test("the reference may run its scripts and ask this server, and nothing else", async () => {
    const { headers } = await server.call("getDocs", { token: null });
    const policy = headers.get("Content-Security-Policy");
    for (const part of ["default-src 'none'", "script-src 'self';", "connect-src 'self'", "frame-ancestors 'none'"]) expect(policy).toContain(part);
    expect(headers.get("X-Frame-Options")).toBe("DENY");
  });

  test("what cannot be read as HTTP is answered so, too", async () => {
    const { status, headers } = await exchange(server.gateway.url, "NONSENSE\r\n\r\n");
    expect(status).toBe(400);
    for (const [name, value] of Object.entries(securityHeaders)) expect(headers.get(name), name).toBe(value);
  });
});

describe("OPTIONS", () => {
  const server = useServer();

  test.each([
    ["/api/v1/chat", "POST"],
    ["/api/v1/sessions", "DELETE, GET"],
    ["/api/sessions/s", "DELETE, GET"],
    ["/health", "GET"],
  ])("204: %s takes %s", async (path, allow) => {
    const answer = await server.gateway.call(path, { method: "OPTIONS", token: null });
    expect([answer.status, answer.headers.get("Allow"), await answer.text()]).toEqual([204, allow, ""]);
  });

  test("404: where nothing is", async () => {
    await expectError(await server.gateway.call("/api/v1/openai/nowhere", { method: "OPTIONS" }), "openai", 404, "not_found");
  });
});

describe("other settings, while it serves", () => {
  const server = useServer();

  test("hold from the next request on", async () => {
    const { perimeter } = server.gateway.running.gateway;
    const { http } = server.gateway.settings;
    const agents = async (init?: Parameters<typeof server.gateway.call>[1]) => server.gateway.call("/api/v1/agents", init);
    const body = { message: "x".repeat(200) };

    perimeter.use({ ...http, allowedIPs: ["10.0.0.0/8"] });
    expect((await agents()).status).toBe(403);
    perimeter.use({ ...http, allowedIPs: ["10.0.0.0/8"], trustedProxies: ["127.0.0.0/8"] });
    expect((await agents({ headers: { "X-Forwarded-For": "10.0.0.1" } })).status).toBe(200);
    perimeter.use({ ...http, apiEnabled: false });
    expect((await agents()).status).toBe(404);
    expect((await server.gateway.call("/readyz")).status).toBe(200);
    perimeter.use({ ...http, maxBodyBytes: 100 });
    expect((await server.gateway.call("/api/v1/messages", { json: body })).status).toBe(413);
    perimeter.use({ ...http, cors: { origins: ["https://your-app.com"], methods: ["GET"] } });
    expect((await agents({ headers: { Origin: "https://your-app.com" } })).headers.get("Access-Control-Allow-Origin")).toBe("https://your-app.com");
    // Where it listens does not change with them: it is still on loopback, and other names are still nobody's.
    perimeter.use({ ...http, host: "0.0.0.0" });
    expect((await askBy(server, "evil.example")).status).toBe(403);
    perimeter.use({ ...http, allowedHosts: ["evil.example"] });
    expect((await askBy(server, "evil.example")).status).toBe(200);
    perimeter.use(http);
    expect((await server.gateway.call("/api/v1/messages", { json: body })).status).toBe(200);
    expect((await agents({ headers: { Origin: "https://your-app.com" } })).headers.get("Access-Control-Allow-Origin")).toBeNull();
  });
});
