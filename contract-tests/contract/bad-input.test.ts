import { describe, expect, test } from "vitest";
import { ownerToken } from "../harness/gateway.ts";
import { exampleRequest } from "./example-request.ts";
import { errorOf, expectError, expectNothingInternal } from "./error-of.ts";
import { isPlatformCallback, operations, type OperationId } from "./operations.ts";
import { useServer } from "./targets.ts";
import type { CallRequest } from "./target.ts";

// What should not be sent, to every operation that could get it: the right face and code, and a server that goes on.

// There are more operations than the owner may call in a minute.
const eagerToken = "oc_tok_of_somebody_who_asks_a_lot";
const server = useServer({ settings: { api: { auth: { tokens: [{ name: "eager", token: eagerToken, scope: ["admin"], rateLimit: 100_000 }] } } } });
const call = <Id extends OperationId>(id: Id, request: CallRequest = {}) => server.call(id, { token: eagerToken, ...request });
// Telegram has to show its secret before its body is read: telegram-webhook.test.ts.
const withBody = operations.filter(({ id, bodySchemas }) => bodySchemas && id !== "receiveTelegramUpdate");
const json = { "Content-Type": "application/json" };

async function expectRefusal(id: OperationId, request: CallRequest, status: number, code: string): Promise<ReturnType<typeof errorOf>> {
  const { status: found, text } = await call(id, { path: exampleRequest(id).path ?? {}, ...request });
  expect(found, text.slice(0, 300)).toBe(status);
  expectNothingInternal(text);
  const error = errorOf(JSON.parse(text));
  expect(error.code).toBe(code);
  (await call("getHealth")).json(200);
  return error;
}

describe.each(withBody)("a body to $id", (operation) => {
  const { id, face, method, path: template } = operation;
  const [name] = [JSON.stringify(exampleRequest(id).json).includes('"messages"') ? "messages" : "message"];
  const path = template.replaceAll(/\{(\w+)\}/g, (_, parameter: string) => exampleRequest(id).path?.[parameter] ?? "");
  const codeInFace = (code: string) => (face !== "plain" ? code : code === "bad_request" ? "INVALID_REQUEST" : code.toUpperCase());
  const refuses = (request: CallRequest, status: number, code: string) => expectRefusal(id, request, status, codeInFace(code));
  const valid = () => exampleRequest(id).json as Record<string, unknown>;

  // Nothing at all is a body that may be left out.
  const nothing = operation.raw.requestBody?.required === true ? [""] : [];
  test.each([...nothing, "{", '{"message":}', "hello", "{'message':'x'}", '{"message":"x"}}', "\u0000", "null", "[]", '"text"', "7"])("400: that is no JSON, or no object: %j", async (body) => {
    await refuses({ body, headers: json }, 400, "bad_request");
  });

  test("400: that is not UTF-8", async () => {
    const bytes = Buffer.concat([Buffer.from('{"message":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
    const response = await server.gateway.call(path, { method, headers: json, body: bytes });
    expect(response.status).toBe(400);
  });

  test("400: that is nested 10,000 deep", async () => {
    await refuses({ body: `{"${name}":${"[".repeat(10_000)}${"]".repeat(10_000)}}`, headers: json }, 400, "bad_request");
    await refuses({ body: '{"a":'.repeat(10_000) + "1" + "}".repeat(10_000), headers: json }, 400, "bad_request");
  });

  // A platform may say what it likes: its bodies are open.
  if (!isPlatformCallback(operation)) {
    test("400: with members of the prototype's names", async () => {
      for (const member of ["__proto__", "constructor"]) {
        const body = JSON.stringify(valid()).replace("{", `{"${member}":{"polluted":true},`);
        const { details } = await refuses({ body, headers: json }, 400, "bad_request");
        // OpenAI's face has no details.
        expect(details.errors?.some(({ path }) => path === `/${member}`)).toBe(face === "openai" ? undefined : true);
      }
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    });
  }


  test.each(["text/plain", "application/xml", "application/x-www-form-urlencoded", "application/json; charset=latin1", "application/jsonp"])("415: as %s", async (mediaType) => {
    await refuses({ body: JSON.stringify(valid()), headers: { "Content-Type": mediaType } }, 415, "unsupported_media_type");
  });

  test("413: of 2 MB, with its length or without", async () => {
    const body = JSON.stringify({ ...valid(), [name]: "x".repeat(2 * 1024 * 1024) });
    await refuses({ body, headers: json }, 413, "payload_too_large");
    const streamed = new ReadableStream({
      start(controller) {
        for (let at = 0; at < body.length; at += 65_536) controller.enqueue(Buffer.from(body.slice(at, at + 65_536)));
        controller.close();
      },
    });
    const response = await server.gateway.call(path, { method, headers: json, body: streamed, duplex: "half" });
    expect(response.status).toBe(413);
    (await call("getHealth")).json(200);
  });
});

describe("an id", () => {
  const ids = ["a\u0000b", "../etc/passwd", "a b", "a/b", "é", "x".repeat(129), "'; DROP TABLE sessions;--"];

  test.each(ids)("400: %j in a path", async (bad) => {
    for (const id of ["getSession", "getConversation", "deleteSession", "getSessionHistory"] as const) await expectRefusal(id, { path: { sessionId: bad, id: bad } }, 400, "bad_request");
    await expectRefusal("getPlainSession", { path: { id: bad } }, 400, "INVALID_REQUEST");
    await expectRefusal("getAgent", { path: { agentId: bad } }, 400, "bad_request");
    await expectRefusal("getRun", { path: { runId: bad } }, 400, "bad_request");
    for (const id of ["getWorkspace", "deleteWorkspace"] as const) await expectRefusal(id, { path: { workspaceId: bad } }, 400, "bad_request");
  });

  test.each([...ids, ""])("400: %j in a body", async (bad) => {
    const errors = async (id: OperationId, body: object) => (await expectRefusal(id, { json: body }, 400, "bad_request")).details.errors?.map(({ path }) => path);
    expect(await errors("chat", { message: "Hello", sessionId: bad })).toContain("/sessionId");
    expect(await errors("chat", { message: "Hello", conversationId: bad })).toContain("/conversationId");
    expect(await errors("sendMessage", { message: "Hello", sessionId: bad })).toContain("/sessionId");
    expect(await errors("createWorkspace", { id: bad })).toContain("/id");
    expect(await errors("message", { message: "Hello", channel: "api", conversation_id: bad })).toContain("/conversation_id");
  });

  test("404: a NUL in a model's name is a model that nobody has", async () => {
    await expectRefusal("getOpenaiModel", { path: { model: "a\u0000b" } }, 404, "model_not_found");
    await expectRefusal("chat", { json: { message: "Hello", model: "a\u0000b" } }, 404, "not_found");
  });

  test("400 or 404: a path that cannot be decoded", async () => {
    for (const [path, face] of [["/api/v1/sessions/%E0%A4%A", "api"], ["/api/sessions/%ff", "plain"], ["/api/v1/openai/models/%zz", "openai"]] as const) {
      const response = await server.gateway.call(path);
      expect([400, 404], path).toContain(response.status);
      expect(errorOf(await response.json()).face).toBe(face);
    }
  });
});

describe("a query", () => {
  test.each(["0", "101", "-1", "x", "1.5", "1e9", "", "9".repeat(30)])("400: `limit=%s`, naming it", async (limit) => {
    const { details } = await expectRefusal("listSessions", { query: { limit } }, 400, "bad_request");
    expect(details.errors?.map(({ path }) => path)).toContain("/query/limit");
    await expectRefusal("listPlainSessions", { query: { limit } }, 400, "INVALID_REQUEST");
  });

  test("400: the same parameter twice", async () => {
    for (const query of [{ limit: ["1", "2"] }, { cursor: ["a", "b"] }, { workspace: ["team", "default"] }]) {
      const { details } = await expectRefusal("listSessions", { query }, 400, "bad_request");
      expect(details.errors?.[0]?.path).toBe(`/query/${Object.keys(query)[0]}`);
    }
    await expectRefusal("streamChatByQuery", { query: { message: ["One", "Two"] } }, 400, "bad_request");
  });

  test("400: history without a beginning", async () => {
    for (const offset of ["-1", "x", "9".repeat(30)]) await expectRefusal("getSessionHistory", { path: { sessionId: "s" }, query: { offset } }, 400, "bad_request");
  });
});

describe("an unknown route", () => {
  test.each([
    ["/api/v1/nowhere", "api"], ["/api/v1", "api"], ["/nowhere", "api"],
    ["/api/nowhere", "plain"], ["/api/v2/chat", "plain"],
    ["/api/v1/openai/nowhere", "openai"], ["/api/v1/openai/", "openai"],
  ] as const)("404: %s in the face of %s, with a token and without", async (path, face) => {
    for (const token of [ownerToken, null]) await expectError(await server.gateway.call(path, { token }), face, 404, "not_found");
  });
});

describe("a wrong method", () => {
  test.each([
    ["GET", "/api/v1/chat", "api", "POST"], ["PUT", "/api/v1/chat/stream", "api", "GET, POST"], ["PATCH", "/api/v1/sessions", "api", "DELETE, GET"], ["POST", "/health", "api", "GET"],
    ["POST", "/api/status", "plain", "GET"], ["PUT", "/api/sessions/s", "plain", "DELETE, GET"],
    ["DELETE", "/api/v1/openai/models", "openai", "GET"], ["GET", "/api/v1/openai/chat/completions", "openai", "POST"],
  ] as const)("405: %s %s in the face of %s, with `Allow: %s`", async (method, path, face, allow) => {
    const response = await server.gateway.call(path, { method });
    expect(response.headers.get("Allow")).toBe(allow);
    await expectError(response, face, 405, "method_not_allowed");
  });

  test("HEAD is answered where GET is, without a body (RFC 9110, 9.3.2)", async () => {
    const response = await server.gateway.call("/health", { method: "HEAD" });
    expect([response.status, await response.text()]).toEqual([200, ""]);
  });
});

describe("a header", () => {
  test("431 or 400: that is huge does not get in, and does no harm", async () => {
    const response = await server.gateway.call("/api/v1/agents", { headers: { "X-Huge": "x".repeat(100_000) } }).catch(() => undefined);
    expect([undefined, 400, 431]).toContain(response?.status);
    (await call("getHealth")).json(200);
  });

  test("a request's id is taken over when it is one, else made", async () => {
    const idFor = async (sent: string) => (await call("getHealth", { headers: { "X-Request-Id": sent } })).headers.get("X-Request-Id");
    expect(await idFor("my-request.1")).toBe("my-request.1");
    for (const bad of ["two words", "x".repeat(200), "<script>"]) expect(await idFor(bad)).toMatch(/^req_/);
  });

  test("400: a `Last-Event-ID` that is none of ours", async () => {
    for (const bad of ["x".repeat(5000), "run_1:-1", "run_1:99999999999999", "../../x:1", "run_1"]) {
      await expectRefusal("streamMessage", { json: { message: "Hello" }, headers: { "Last-Event-ID": bad } }, 400, "bad_request");
    }
  });
});
