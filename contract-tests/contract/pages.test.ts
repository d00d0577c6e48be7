import { describe, expect, test } from "vitest";
import { describeTargets, useServer } from "./targets.ts";

describeTargets((target) => {
  test("200: the shell and its files are open to everybody", async () => {
    expect((await target.call("getPages", { token: null })).status).toBe(200);
    expect((await target.call("getPage", { path: { page: "chat" }, token: null })).status).toBe(200);
    expect((await target.call("getPageOfObject", { path: { page: "chat", object: "sess_1" }, token: null })).status).toBe(200);
    expect((await target.call("getPageFile", { path: { file: "icon.svg" }, token: null })).status).toBe(200);
  });

  test("404: a file that the pages do not have", async () => {
    (await target.call("getPageFile", { path: { file: "other.js" }, mock: { status: 404 } })).json(404);
  });
});

describe("what the server says of the pages to a browser", () => {
  const server = useServer();

  test("the shell may run, style and ask nothing but its own, with nothing inline, and is asked for anew each time", async () => {
    const { headers, text } = await server.call("getPages", { token: null });
    const policy = headers.get("Content-Security-Policy") ?? "";
    expect(policy.split("; ")).toEqual(expect.arrayContaining(["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"]));
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(headers.get("Cache-Control")).toBe("no-cache");
    expect(headers.get("Content-Type")).toBe("text/html; charset=utf-8");
    for (const path of [{ page: "nothing", object: "here" }, { page: "keys", object: "a.b:c@d" }]) expect((await server.call("getPageOfObject", { path })).text).toBe(text);
  });

  test("a file whose name has its hash is kept for good, in its media type", async () => {
    const { text } = await server.call("getPages");
    const files = [...text.matchAll(/\/assets\/([\w.-]+)/g)].map(([, file]) => file!);
    expect(files.map((file) => file.replace(/-[\w-]{8}\./, "-*."))).toEqual(["icon.svg", "index-*.js", "index-*.css"]);
    const answers = await Promise.all(files.map((file) => server.call("getPageFile", { path: { file }, token: null })));
    expect(answers.map(({ headers }) => [headers.get("Content-Type"), headers.get("Cache-Control")])).toEqual([
      ["image/svg+xml; charset=utf-8", "public, max-age=3600"],
      ["text/javascript; charset=utf-8", "public, max-age=31536000, immutable"],
      ["text/css; charset=utf-8", "public, max-age=31536000, immutable"],
    ]);
  });

  test.each(["..%2Findex.html", "..%5c..%5cpackage.json", "icon.svg%00"])("no name leads out of their folder: %s", async (name) => {
    expect((await server.gateway.call(`/assets/${name}`)).status).toBe(404);
  });

  test("paths of the API keep their own faces", async () => {
    for (const path of ["/api/v1/nothing", "/api/nothing", "/apps", "/app/a/b/c"]) {
      const answer = await server.gateway.call(path);
      expect([path, answer.status, answer.headers.get("Content-Type")]).toEqual([path, 404, "application/json; charset=utf-8"]);
    }
  });
});
