import { request } from "node:http";
import { describe, expect, test } from "vitest";
import { gatewayBehindProxy, ownerToken, readOnlyToken, teamToken } from "../harness/gateway.ts";
import { exampleRequest } from "./example-request.ts";
import { errorOf } from "./error-of.ts";
import { isPlatformCallback, operations } from "./operations.ts";
import { describeTargets, useServer } from "./targets.ts";

const guarded = operations.filter(({ permission }) => permission !== "none");
const open = operations.filter((operation) => operation.permission === "none" && !isPlatformCallback(operation));
const writing = guarded.filter(({ permission }) => permission !== "any" && !permission.endsWith(":read"));

/** May send to channels, and nothing that this version has. */
const senderToken = "oc_tok_send_scope_only_of_the_tests";

describeTargets((target) => {
  test.each(guarded)("401: $id without a token", async ({ id, face }) => {
    const answer = await target.call(id, { ...exampleRequest(id), token: null });
    expect(answer.status, answer.text).toBe(401);
    expect(errorOf(JSON.parse(answer.text)).face).toBe(face);
  });

  test.each(open)("200: $id needs none", async ({ id }) => {
    expect((await target.call(id, { ...exampleRequest(id), token: null })).status).toBe(200);
  });
});

describe("the server", () => {
  const server = useServer({ settings: { gateway: gatewayBehindProxy } });

  test.each(guarded.map((operation, index) => ({ ...operation, index })))("401: $id with a token of nobody's, in its own face", async ({ id, face, index }) => {
    // Each from an address of its own: so many failures from one would be too many.
    const headers = { "X-Forwarded-For": `10.0.0.${index + 1}` };
    const answer = await server.call(id, { ...exampleRequest(id), token: "oc_tok_nobody_has_this_one", headers });
    expect([answer.status, answer.headers.get("WWW-Authenticate")]).toEqual([401, expect.stringMatching(/^Bearer /)]);
    const { code, face: found } = errorOf(JSON.parse(answer.text));
    expect([found, code]).toEqual([face, { api: "unauthorized", plain: "UNAUTHORIZED", openai: "invalid_api_key" }[face]]);
  });

  test.each(writing)("403: $id with a key that may only read, naming the permission", async ({ id, permission, face }) => {
    const answer = await server.call(id, { ...exampleRequest(id), token: readOnlyToken });
    expect(answer.status, answer.text).toBe(403);
    const { code, message, details } = errorOf(JSON.parse(answer.text));
    expect(code.toLowerCase()).toBe("forbidden");
    expect(message).toContain(`\`${permission}\``);
    // OpenAI's face has no details.
    expect(details).toEqual(face === "openai" ? {} : { permission });
  });

  test.each([
    ["of no scheme", ownerToken],
    ["of another scheme", `Basic ${Buffer.from(`owner:${ownerToken}`).toString("base64")}`],
    ["without a token", "Bearer"],
    ["with two tokens", `Bearer ${ownerToken} ${ownerToken}`],
    ["with a token that only begins right", `Bearer ${ownerToken.slice(0, -1)}`],
  ])("401: an Authorization header %s", async (_name, authorization) => {
    (await server.call("listAgents", { token: null, headers: { Authorization: authorization } })).json(401);
  });

  test("the scheme's name is in any case (RFC 9110, 11.1)", async () => {
    for (const scheme of ["bearer", "BEARER"]) (await server.call("listAgents", { token: null, headers: { Authorization: `${scheme} ${ownerToken}` } })).json(200);
  });

  test("`?api_key=` does as well as the header", async () => {
    (await server.call("listAgents", { token: null, query: { api_key: ownerToken } })).json(200);
    (await server.call("streamChatByQuery", { token: null, query: { api_key: ownerToken, message: "Hello" } })).data();
    (await server.call("listAgents", { token: null, query: { api_key: "nobody" } })).json(401);
  });

  test.each(guarded)("400: $id with two tokens, in its own face", async ({ id, face }) => {
    const { query, ...request } = exampleRequest(id);
    const answer = await server.call(id, { ...request, query: { ...query, api_key: `${ownerToken}_of_another` } });
    expect(answer.status, answer.text).toBe(400);
    const { face: found, message } = errorOf(JSON.parse(answer.text));
    expect([found, message]).toEqual([face, expect.stringMatching(/^There are two tokens/)]);
  });

  test("400: two headers, and two parameters", async () => {
    (await server.call("listAgents", { token: null, query: { api_key: [ownerToken, ownerToken] } })).json(400);
    // Generated clients send the same one both ways.
    (await server.call("listAgents", { query: { api_key: ownerToken } })).json(200);
    const twice = new Promise<number | undefined>((resolve, reject) => {
      request(`${server.gateway.url}/api/v1/agents`, { headers: ["Authorization", `Bearer ${ownerToken}`, "authorization", "Bearer nobody's"] }, (answer) => resolve(answer.resume().statusCode)).once("error", reject).end();
    });
    expect(await twice).toBe(400);
  });

  test("401: an error is named only to who has sent a token (RFC 6750, 3.1)", async () => {
    const challenge = async (token: string | null) => (await server.call("listAgents", { token })).headers.get("WWW-Authenticate");
    expect(await challenge(null)).toBe('Bearer realm="openclaw"');
    expect(await challenge("nobody's")).toMatch(/^Bearer realm="openclaw", error="invalid_token", error_description="[^"]+"$/);
  });

  test.each(["x".repeat(513), "x".repeat(10_000), "not-of-any-form", "oc_tok_", "oclaw_live_\u00e9"])("401: a token that no key can have: %.20s", async (token) => {
    // From elsewhere: the tests of this gateway together would be too many failures from one address.
    const headers = { "X-Forwarded-For": "10.0.1.1" };
    expect((await server.call("listAgents", { token: null, query: { api_key: token }, headers })).json(401).details).toEqual({ reason: "unknown" });
  });

  test("431: a token of 1 MB, and the gateway goes on", async () => {
    const token = "x".repeat(1_000_000);
    for (const init of [{ path: "", token }, { path: `?api_key=${token}`, token: null }]) {
      // The answer comes before all is sent: a client may see it, or that the connection is closed.
      const status = await server.gateway.call(`/api/v1/agents${init.path}`, { token: init.token }).then(({ status }) => status, () => 431);
      expect(status).toBe(431);
    }
    (await server.call("listAgents")).json(200);
  });

  test("403: comes before the body is looked at, and before what it names", async () => {
    (await server.call("chat", { json: { nonsense: true }, token: readOnlyToken })).json(403);
    (await server.call("deleteSession", { path: { sessionId: "nobody" }, token: readOnlyToken })).json(403);
  });

  test("200: a key that may only read, reads", async () => {
    for (const id of ["listAgents", "listModels", "listSessions", "getApiHealth", "getPlainStatus"] as const) {
      expect((await server.call(id, { token: readOnlyToken })).status, id).toBe(200);
    }
  });
});

describe("a key that may only send", () => {
  const server = useServer({ settings: { api: { auth: { tokens: [{ name: "sender", token: senderToken, scope: ["send"], rateLimit: 1000 }] } } } });

  test.each(guarded.filter(({ permission }) => permission !== "channels:send"))("$id", async ({ id, permission }) => {
    const answer = await server.call(id, { ...exampleRequest(id), token: senderToken });
    expect(answer.status, answer.text).toBe(permission === "any" ? 200 : 403);
  });
});

describe("a key of one workspace", () => {
  const server = useServer();
  const token = teamToken;

  test("sees and counts only what is in it, in every edition", async () => {
    const foreign = await server.makeSession();
    const { sessionId: own } = (await server.call("sendMessage", { json: { message: "Hello" }, token })).json(200);
    const seen = {
      sessions: (await server.call("listSessions", { token })).json(200).sessions,
      conversations: (await server.call("listConversations", { token })).json(200).conversations,
      plain: (await server.call("listPlainSessions", { token })).json(200).sessions,
      agents: (await server.call("listAgentSessions", { path: { agentId: "my-agent" }, token })).json(200).sessions,
    };
    expect(Object.values(seen).map((list) => list.map(({ id }) => id))).toEqual([[own], [own], [own], []]);
    expect((await server.call("getPlainStatus", { token })).json(200).sessions).toBe(1);
    expect((await server.call("listSessions")).json(200).sessions.map(({ id }) => id)).toEqual(expect.arrayContaining([own, foreign]));
  });

  test("404: finds nothing of another's, and no word that it exists", async () => {
    const sessionId = await server.makeSession();
    const runId = await server.makeRun();
    const nobody = "nobodys-session";
    const lookAt = async (id: string) => [
      (await server.call("getSession", { path: { sessionId: id }, token })).json(404),
      (await server.call("getSessionHistory", { path: { sessionId: id }, token })).json(404),
      (await server.call("getAgentSession", { path: { agentId: "my-agent", sessionId: id }, token })).json(404),
      (await server.call("getConversation", { path: { id }, token })).json(404),
      (await server.call("deleteSession", { path: { sessionId: id }, token })).json(404),
      (await server.call("clearAgentSession", { path: { agentId: "my-agent", sessionId: id }, token })).json(404),
    ].map(({ message, details }) => ({ message: message.replaceAll(id, "…"), details }));
    expect(await lookAt(sessionId)).toEqual(await lookAt(nobody));
    (await server.call("getPlainSession", { path: { id: sessionId }, token })).json(404);
    (await server.call("deletePlainSession", { path: { id: sessionId }, token })).json(404);
    (await server.call("deleteConversation", { path: { id: sessionId }, token })).json(404);
    for (const id of ["getRun", "streamRunEvents", "cancelRun"] as const) expect((await server.call(id, { path: { runId }, token })).status).toBe(404);
    expect((await server.call("getSession", { path: { sessionId } })).json(200).messageCount).toBe(2);
  });

  test("404: cannot go on with a session of another workspace, by any way to talk", async () => {
    const id = await server.makeSession();
    const message = "Hello";
    (await server.call("chat", { json: { message, sessionId: id }, token })).json(404);
    (await server.call("chat", { json: { message, conversationId: id }, token })).json(404);
    (await server.call("streamChat", { json: { message, sessionId: id }, token })).json(404);
    (await server.call("streamChatByQuery", { query: { message, sessionId: id }, token })).json(404);
    (await server.call("sendMessage", { json: { message, sessionId: id }, token })).json(404);
    (await server.call("streamMessage", { json: { message, sessionId: id }, token })).json(404);
    (await server.call("message", { json: { message, channel: "api", conversation_id: id }, token })).json(404);
    expect((await server.call("getSession", { path: { sessionId: id } })).json(200).messageCount).toBe(2);
  });

  test("404: cannot name another workspace", async () => {
    (await server.call("listSessions", { query: { workspace: "default" }, token })).json(404);
    (await server.call("deleteSessions", { query: { workspace: "default" }, token })).json(404);
    (await server.call("sendMessage", { json: { message: "Hello", workspace: "default" }, token })).json(404);
  });
});
