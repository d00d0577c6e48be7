import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Resolve } from "../../network/guarded-lookup.ts";
import { testToolContext } from "../testing.ts";
import { createFetchTool } from "./fetch.ts";

const pages: Record<string, (request: IncomingMessage, response: ServerResponse) => void> = {
  "/text": (_, response) => response.setHeader("Content-Type", "text/plain; charset=latin1").end(Buffer.from("Gr\xfc\xdfe", "latin1")),
  "/page": (_, response) => response.setHeader("Content-Type", "text/html").end("<title>News</title><script>evil()</script><h1>One &amp; two</h1><p>Three<br>four</p>"),
  "/echo": ({ headers, method }, response) => response.setHeader("Content-Type", "application/json").end(JSON.stringify({ method, headers })),
  "/missing": (_, response) => response.writeHead(404, { "Content-Type": "text/plain" }).end("No such page"),
  "/image": (_, response) => response.setHeader("Content-Type", "image/png").end("\x89PNG"),
  "/zipped": (_, response) => response.writeHead(200, { "Content-Type": "text/plain", "Content-Encoding": "gzip" }).end("x"),
  "/endless": (_, response) => {
    response.setHeader("Content-Type", "text/plain");
    const write = (): void => {
      while (response.write("x".repeat(65_536)));
      response.once("drain", write);
    };
    write();
  },
  "/hang": () => {},
  "/cut": ({ socket }) => socket.destroy(),
  "/once": (_, response) => response.writeHead(302, { Location: "/text" }).end(),
  "/loop": (_, response) => response.writeHead(302, { Location: "/loop" }).end(),
  "/metadata": (_, response) => response.writeHead(307, { Location: "http://169.254.169.254/latest/meta-data" }).end(),
  "/file": (_, response) => response.writeHead(301, { Location: "file:///etc/passwd" }).end(),
  "/elsewhere": (_, response) => response.writeHead(302, { Location: "http://inside.test/" }).end(),
};

/** What was asked of the server that stands for everything that must not be reached. */
const requests: string[] = [];
const server = createServer((request, response) => {
  requests.push(`${request.method} ${request.url}`);
  pages[request.url ?? ""]?.(request, response);
});
let port: number;
let url: string;
const context = testToolContext();
const open = createFetchTool({ allowPrivate: ["127.0.0.1"] });
const closed = createFetchTool({ allowPrivate: [] });
const get = (path: string) => open.invoke({ url: url + path }, context);

beforeAll(async () => {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  ({ port } = server.address() as AddressInfo);
  url = `http://127.0.0.1:${port}`;
});
beforeEach(() => void requests.splice(0));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** Names of the test, one answer a lookup; the last one stays. */
function names(answers: Record<string, string[][]>): Resolve {
  return (hostname, _options, callback) => {
    const left = answers[hostname];
    const addresses = left && (left.length > 1 ? left.shift() : left[0]);
    if (!addresses) return callback(Object.assign(new Error("no name"), { code: "ENOTFOUND" }), []);
    callback(null, addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })));
  };
}

describe("fetches", () => {
  test("text, in its own character set", async () => {
    expect(await get("/text")).toBe(`${url}/text\nHTTP 200\ncontent-type: text/plain; charset=latin1\ncontent-length: 5\n\nGrüße`);
  });
  test("the readable text of a page", async () => {
    const text = await get("/page");
    expect(text).toMatch(/News\n+One & two\n+Three\nfour$/);
    expect(text).not.toContain("evil");
  });
  test("what a redirect leads to, under its own address", async () => expect(await get("/once")).toContain(`${url}/text\nHTTP 200`));
  test("an error page, with its status", async () => expect(await get("/missing")).toContain("HTTP 404\ncontent-type: text/plain\n\nNo such page"));
  test("the head alone", async () => {
    expect(await open.invoke({ url: `${url}/text`, method: "HEAD" }, context)).toBe(`${url}/text\nHTTP 200\ncontent-type: text/plain; charset=latin1`);
    expect(requests).toEqual(["HEAD /text"]);
  });
  test("with the few headers that it may send, and no others", async () => {
    const text = await open.invoke({ url: `${url}/echo`, headers: { "Accept-Language": "de" } }, context);
    expect(text).toContain('"accept-language":"de"');
    expect(text).not.toMatch(/cookie|authorization/i);
    for (const headers of [{ Authorization: "Bearer x" }, { Cookie: "a=b" }, { Host: "other" }, { "X-Forwarded-For": "1.1.1.1" }]) {
      await expect(open.invoke({ url: `${url}/echo`, headers }, context)).rejects.toThrow("is not sent");
    }
    await expect(open.invoke({ url: `${url}/echo`, headers: { Accept: "a\r\nCookie: x" } }, context)).rejects.toThrow("no header has");
  });
  test("the first megabyte of an answer without end, and says so", async () => {
    const text = await get("/endless");
    expect(text).toContain("[The answer was cut: these are its first 1048576 bytes.]");
    expect(text.length).toBeLessThan(1_049_000);
  });
});

test.each([["/image", "no text but image/png"], ["/zipped", "compressed"], ["/cut", "cut the connection"], ["/loop", "more than 5 times"], ["/file", "Only http and https"], ["/metadata", "169.254.169.254 is a private address"]])("says what is wrong with %s", async (path, message) => {
  await expect(get(path)).rejects.toThrow(message);
});

test("an abort ends it, with the abort's reason", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const fetching = open.invoke({ url: `${url}/hang` }, testToolContext({ signal: controller.signal }));
  await expect.poll(() => requests).toEqual(["GET /hang"]);
  controller.abort(reason);
  await expect(fetching).rejects.toBe(reason);
});

describe("does not reach the gateway's own network", () => {
  test.each([
    "http://127.0.0.1", "http://localhost", "http://2130706433", "http://0x7f000001", "http://0x7f.1", "http://0177.0.0.1", "http://017700000001", "http://127.1", "http://0", "http://[::1]", "http://[::ffff:127.0.0.1]", "http://[::ffff:7f00:1]",
    "http://[64:ff9b::7f00:1]", "http://[::]", "http://１２７.0.0.1", "http://127。0。0。1", "http://169.254.169.254", "http://[fd00:ec2::254]", "http://10.0.0.1", "http://192.168.0.1", "http://100.64.0.1", "http://224.0.0.1",
  ])("by %s", async (base) => {
    await expect(closed.invoke({ url: `${base}:${port}/text` }, context)).rejects.toThrow("is a private address");
    expect(requests).toEqual([]);
  });

  test.each([[["127.0.0.1"]], [["::1"]], [["0.0.0.0"]], [["8.8.8.8", "127.0.0.1"]], [["::ffff:127.0.0.1"]], [["169.254.169.254"]]])("by a name that resolves to %j", async (addresses) => {
    const tool = createFetchTool({ allowPrivate: [], resolve: names({ "evil.test": [addresses] }) });
    await expect(tool.invoke({ url: `http://evil.test:${port}/text` }, context)).rejects.toThrow("evil.test is a private address, or leads to one");
    expect(requests).toEqual([]);
  });

  test("by a name that resolves to another address the second time", async () => {
    // The first answer is what a check before the connection would have seen.
    const asked: string[] = [];
    const rebinding = names({ "rebind.test": [["127.0.0.2"], ["127.0.0.1"]] });
    const tool = createFetchTool({ allowPrivate: ["127.0.0.2"], resolve: (hostname, options, callback) => { asked.push(hostname); rebinding(hostname, options, callback); } });
    await expect(tool.invoke({ url: `http://rebind.test:${port}/text` }, context)).rejects.toThrow(/refuses the connection/);
    expect(asked).toEqual(["rebind.test"]);
    await expect(tool.invoke({ url: `http://rebind.test:${port}/text` }, context)).rejects.toThrow("leads to one");
    expect(requests).toEqual([]);
  });

  test("by a redirect to a name of its own", async () => {
    const resolve = names({ "inside.test": [["10.0.0.1"]], "outside.test": [["127.0.0.1"]] });
    const tool = createFetchTool({ allowPrivate: ["127.0.0.1"], resolve });
    await expect(tool.invoke({ url: `http://outside.test:${port}/elsewhere` }, context)).rejects.toThrow("inside.test is a private address");
    expect(requests).toEqual(["GET /elsewhere"]);
  });
});

test.each([
  ["ftp://example.com/", "Only http and https"],
  ["file:///etc/passwd", "Only http and https"],
  ["data:text/plain,hi", "Only http and https"],
  ["http://user:pass@example.com/", "user name or password"],
  ["http://example.com:22/", "Port 22"],
  ["http://example.com:6667/", "Port 6667"],
  ["/etc/passwd", "not a whole URL"],
  ["http://999.1.1.1/", "not a whole URL"],
])("refuses %s: %s", async (given, message) => {
  await expect(open.invoke({ url: given }, context)).rejects.toThrow(message);
});
