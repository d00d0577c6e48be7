import { describe, expect, test } from "vitest";
import { expectError } from "./error-of.ts";
import { useServer } from "./targets.ts";

// Pages of other origins (WHATWG Fetch, 3.2). A real browser is in editions/browser.test.ts.

const [origin, other] = ["https://your-app.com", "https://evil.example"];
const cors = { origins: [origin, "http://localhost:5173"], methods: ["GET", "POST", "DELETE"] };

function preflight(from: string, { method = "POST", headers = "authorization,content-type,x-stainless-lang", ...more }: Record<string, string> = {}) {
  return { method: "OPTIONS", token: null, headers: { Origin: from, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers, ...more } };
}

/** What an answer says about CORS, and nothing else. */
const said = ({ headers }: Response) => Object.fromEntries([...headers].filter(([name]) => name.startsWith("access-control-") || name === "vary"));

describe("with origins in the settings", () => {
  const server = useServer({ settings: { api: { security: { cors } } } });

  test.each(["/api/v1/chat", "/api/v1/openai/chat/completions", "/api/sessions/s", "/nowhere"])("204: a preflight to %s, without a key", async (path) => {
    const answer = await server.gateway.call(path, preflight(origin));
    expect([answer.status, await answer.text()]).toEqual([204, ""]);
    expect(said(answer)).toEqual({
      "access-control-allow-origin": origin,
      "access-control-allow-methods": "GET,POST,DELETE",
      "access-control-allow-headers": "authorization,content-type,x-stainless-lang",
      "access-control-max-age": "7200",
      vary: "Origin",
    });
    expect(answer.headers.get("X-Request-Id")).not.toBeNull();
  });

  test("a preflight for a method that the settings do not list is told those that they do", async () => {
    const answer = await server.gateway.call("/api/v1/sessions/s", preflight(origin, { method: "PATCH" }));
    expect(said(answer)["access-control-allow-methods"]).toBe("GET,POST,DELETE");
  });

  test.each([other, "null", "https://your-app.com.evil.example", "http://your-app.com", "https://your-app.com:8443", "https://YOUR-APP.com"])("an origin that is not listed is told nothing: %s", async (from) => {
    const answer = await server.gateway.call("/api/v1/chat", preflight(from));
    expect([answer.status, said(answer)]).toEqual([204, { vary: "Origin" }]);
    const asked = await server.gateway.call("/api/v1/agents", { headers: { Origin: from } });
    expect([asked.status, said(asked)]).toEqual([200, { vary: "Origin" }]);
  });

  test("the way from a public page to a private network is open to listed origins", async () => {
    const ask = async (from: string) => said(await server.gateway.call("/api/v1/chat", preflight(from, { "Access-Control-Request-Private-Network": "true" })));
    expect((await ask(origin))["access-control-allow-private-network"]).toBe("true");
    expect(await ask(other)).toEqual({ vary: "Origin" });
  });

  test.each([
    [200, "/api/v1/agents", {}],
    [200, "/api/v1/messages/stream", { json: { message: "Hello" } }],
    [400, "/api/v1/messages", { json: {} }],
    [401, "/api/v1/agents", { token: null }],
    [404, "/nowhere", {}],
    [405, "/api/v1/chat", {}],
    [413, "/api/v1/messages", { json: { message: "x".repeat(2 * 1024 * 1024) } }],
    [502, "/api/v1/messages", { json: { message: "Hello [500]" } }],
  ])("%i: a page may read the answer of %s, its id and its limits, and never sends cookies", async (status, path, init) => {
    const answer = await server.gateway.call(path, { ...init, headers: { Origin: origin } });
    await answer.text();
    expect(answer.status).toBe(status);
    expect(said(answer)).toEqual({ "access-control-allow-origin": origin, "access-control-expose-headers": expect.any(String), vary: "Origin" });
    const exposed = answer.headers.get("Access-Control-Expose-Headers")?.split(",") ?? [];
    for (const name of ["X-Request-Id", "X-Run-Id", "X-RateLimit-Remaining", "Retry-After", "ETag", "Location", "WWW-Authenticate"]) expect(exposed).toContain(name);
  });

  test("403: who is not let in reads why", async () => {
    const { perimeter } = server.gateway.running.gateway;
    const { http } = server.gateway.settings;
    perimeter.use({ ...http, allowedIPs: ["10.0.0.0/8"] });
    const answer = await server.gateway.call("/api/v1/agents", { headers: { Origin: origin } });
    perimeter.use(http);
    expect(answer.headers.get("Access-Control-Allow-Origin")).toBe(origin);
    await expectError(answer, "api", 403, "forbidden");
  });

  test("without an origin an answer says no more than that it depends on it", async () => {
    expect(said(await server.gateway.call("/api/v1/agents"))).toEqual({ vary: "Origin" });
  });
});

describe("with any origin", () => {
  const server = useServer({ settings: { api: { security: { cors: { origins: ["*"] } } } } });

  test("`*` is answered `*`, without credentials and without the way to private networks", async () => {
    const answer = await server.gateway.call("/api/v1/chat", preflight(other, { "Access-Control-Request-Private-Network": "true" }));
    expect(said(answer)).toMatchObject({ "access-control-allow-origin": "*", "access-control-allow-methods": "GET,POST,PUT,PATCH,DELETE" });
    expect(Object.keys(said(answer)).filter((name) => /credentials|private/.test(name))).toEqual([]);
    expect(said(await server.gateway.call("/api/v1/agents", { headers: { Origin: other } }))["access-control-allow-origin"]).toBe("*");
  });
});

describe("without origins in the settings", () => {
  const server = useServer();

  test("nothing is said of CORS, to a preflight or to a request, which is answered as ever", async () => {
    const [asked, answered] = [await server.gateway.call("/api/v1/chat", preflight(origin)), await server.gateway.call("/api/v1/agents", { headers: { Origin: origin } })];
    expect([asked.status, asked.headers.get("Allow"), said(asked)]).toEqual([204, "POST", {}]);
    expect([answered.status, said(answered)]).toEqual([200, {}]);
  });
});
