import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { ownerToken } from "../harness/gateway.ts";
import { exchange } from "../harness/raw-exchange.ts";
import { expectError } from "./error-of.ts";
import { useServer } from "./targets.ts";

// How much of a body is read, whatever is said of its length. Each operation's own 413 and 415 are in bad-input.test.ts.

const limitBytes = 2048;
const server = useServer({ settings: { api: { security: { maxBodySize: "2KB" } } } });
const megabyte = 1024 * 1024;

const head = (...fields: string[]) => ["POST /api/v1/messages HTTP/1.1", "Host: localhost", `Authorization: Bearer ${ownerToken}`, "Content-Type: application/json", ...fields, "", ""].join("\r\n");
const send = (fields: readonly string[], ...body: (string | Buffer)[]) => exchange(server.gateway.url, head(...fields), ...body);

/** A right body of so many bytes. */
function bodyOf(bytes: number): string {
  const empty = JSON.stringify({ message: "" });
  return JSON.stringify({ message: "x".repeat(bytes - empty.length) });
}

const chunked = (body: string, size: number) => `${(body.match(new RegExp(`.{1,${size}}`, "g")) ?? []).map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join("")}0\r\n\r\n`;

describe("a body of as many bytes as may be", () => {
  test("200: with its length, and in chunks without", async () => {
    const body = bodyOf(limitBytes);
    expect((await send([`Content-Length: ${limitBytes}`, "Connection: close"], body)).status).toBe(200);
    expect((await send(["Transfer-Encoding: chunked", "Connection: close"], chunked(body, 100))).status).toBe(200);
  });

  test("413: with one more, saying the limit, and the connection is closed", async () => {
    const body = bodyOf(limitBytes + 1);
    for (const answer of [await send([`Content-Length: ${body.length}`], body), await send(["Transfer-Encoding: chunked"], chunked(body, 100))]) {
      const { details } = await expectError(new Response(answer.body, answer), "api", 413, "payload_too_large");
      expect([details["limitBytes"], answer.headers.get("Connection")]).toEqual([limitBytes, "close"]);
    }
  });
});

describe("10 MB", () => {
  test("413: sees the answer although it is not read", async () => {
    for (const path of ["/api/v1/messages", "/api/v1/openai/chat/completions"]) {
      const answer = await server.gateway.call(path, { json: { message: "x".repeat(10 * megabyte) } });
      expect(answer.status).toBe(413);
      await answer.text();
    }
  });

  test("413: before a byte of it has come", async () => {
    expect((await send([`Content-Length: ${10 * megabyte}`])).status).toBe(413);
  });

  test("413: of chunks that never end, and the connection is cut", async () => {
    const { hostname, port } = new URL(server.gateway.url);
    const socket = connect(Number(port), hostname);
    const answered = Promise.withResolvers<string>();
    socket.once("data", (bytes) => answered.resolve(String(bytes)));
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.on("error", () => {});
    const chunk = `10000\r\n${"x".repeat(65_536)}\r\n`;
    const more = () => {
      while (!socket.destroyed && socket.write(chunk));
    };
    socket.write(head("Transfer-Encoding: chunked"));
    socket.on("drain", more);
    more();
    expect(await answered.promise).toMatch(/^HTTP\/1\.1 413 /);
    await closed;
  });
});

describe("a length that is a lie", () => {
  test("longer than the body: 400 once the client sends no more", async () => {
    const { hostname, port } = new URL(server.gateway.url);
    const socket = connect(Number(port), hostname);
    socket.end(`${head("Content-Length: 100")}{"message":"Hello"}`);
    const [bytes] = (await socket.take(1).toArray()) as Buffer[];
    expect(String(bytes)).toMatch(/^HTTP\/1\.1 400 /);
  });

  test("shorter than the body: 400, since what is over is no request", async () => {
    expect((await send(["Content-Length: 19"], '{"message":"Hello"}GARBAGE\r\n\r\n')).status).toBe(400);
  });

  test.each([
    ["that is no number", ["Content-Length: many"]],
    ["below zero", ["Content-Length: -1"]],
    ["said twice", ["Content-Length: 19", "Content-Length: 18"]],
    ["besides chunks (RFC 9112, 6.1)", ["Content-Length: 19", "Transfer-Encoding: chunked"]],
  ])("400: %s", async (_name, fields) => {
    expect((await send(fields, '{"message":"Hello"}')).status).toBe(400);
  });
});

test.each(["gzip", "br", "deflate", "gzip, gzip"])("415: compressed (%s), however small: what it would become is not known", async (encoding) => {
  const body = gzipSync(bodyOf(10 * megabyte));
  const answer = await server.gateway.call("/api/v1/messages", { method: "POST", body: body.subarray(0, limitBytes), headers: { "Content-Type": "application/json", "Content-Encoding": encoding } });
  const { message } = await expectError(answer, "api", 415, "unsupported_media_type");
  expect(message).toContain("not compressed");
});
