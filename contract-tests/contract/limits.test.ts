import { describe, expect, test } from "vitest";
import { gatewayBehindProxy, readOnlyToken, teamToken } from "../harness/gateway.ts";
import type { Answer } from "./answer.ts";
import { errorOf } from "./error-of.ts";
import { exampleRequest } from "./example-request.ts";
import { operations, type OperationId } from "./operations.ts";
import { useServer } from "./targets.ts";

const guarded = operations.filter(({ permission }) => permission !== "none");
const open = operations.filter(({ permission }) => permission === "none");

/** Operations whose document calls a 429 by its longer name. */
const exceeded = new Set<OperationId>(["chat", "streamChat", "streamChatByQuery", "listModels", "sendToChannel"]);

const limitsOf = ({ headers }: { headers: Headers }) => ["Limit", "Remaining", "Reset"].map((name) => headers.get(`X-RateLimit-${name}`)).map((value) => (value === null ? null : Number(value)));

describe("429: a key that has made its one request", () => {
  const tokenOf = (id: OperationId) => `oc_tok_one_request_for_${id}`;
  const server = useServer({ settings: { api: { auth: { tokens: guarded.map(({ id }) => ({ name: id, token: tokenOf(id), scope: ["admin"], rateLimit: 1 })) } } } });

  test.each(guarded)("$id", async ({ id, face }) => {
    const token = tokenOf(id);
    expect(limitsOf(await server.call("getApiHealth", { token })).slice(0, 2)).toEqual([1, 0]);
    const answer = await server.call(id, { ...exampleRequest(id), token });
    expect(answer.status, answer.text).toBe(429);
    const found = errorOf(JSON.parse(answer.text));
    const code = exceeded.has(id) ? "rate_limit_exceeded" : "rate_limited";
    expect([found.face, found.code]).toEqual([face, face === "plain" ? "RATE_LIMITED" : code]);
    expect(found.message).toMatch(/this key may send 1 a minute\. Try again in \d+ s/);
    // OpenAI's face has no details.
    expect(found.details).toEqual(face === "openai" ? {} : { limit: 1, windowMs: 60_000, scope: "key" });
    expectReset(answer);
  });

  /** `Retry-After` and `X-RateLimit-Reset` name the same moment, and it is within the minute. */
  function expectReset(answer: Answer<OperationId>): void {
    const [limit, remaining, reset] = limitsOf(answer);
    expect([limit, remaining]).toEqual([1, 0]);
    const wait = Number(answer.headers.get("Retry-After"));
    expect(wait).toBeGreaterThanOrEqual(1);
    expect(wait).toBeLessThanOrEqual(60);
    expect(Math.abs(reset! - (Date.now() / 1000 + wait))).toBeLessThan(3);
  }
});

describe("X-RateLimit headers", () => {
  const server = useServer();
  const token = teamToken;

  test("are on every answer to a key: JSON, streams, no content, and errors of every kind", async () => {
    const answers = [
      await server.call("listAgents", { token }),
      await server.call("streamChat", { json: { message: "Hello" }, headers: { Accept: "text/event-stream" }, token }),
      await server.call("getSession", { path: { sessionId: "nobody" }, token }),
      await server.call("chat", { json: { nonsense: true }, token }),
      await server.call("chat", { body: "x", headers: { "Content-Type": "text/plain" }, token }),
      await server.call("createChatCompletion", { json: { model: "nobody", messages: [{ role: "user", content: "Hi" }] }, token }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 404, 400, 415, 404]);
    expect(answers.map((answer) => limitsOf(answer).slice(0, 2))).toEqual([59, 58, 57, 56, 55, 54].map((remaining) => [60, remaining]));
    // One window, so one moment; told in seconds, the milliseconds before it may round either way.
    const resets = answers.map((answer) => limitsOf(answer)[2]!);
    expect(Math.max(...resets) - Math.min(...resets)).toBeLessThanOrEqual(1);
  });

  test("are on a 403, too", async () => {
    const answer = await server.call("deleteSession", { path: { sessionId: "nobody" }, token: readOnlyToken });
    expect([answer.status, ...limitsOf(answer).slice(0, 2)]).toEqual([403, 60, 59]);
  });

  test("say 600 to the owner, and 200 on the plain edition", async () => {
    expect(limitsOf(await server.call("listAgents"))[0]).toBe(600);
    expect(limitsOf(await server.call("listPlainSessions"))[0]).toBe(200);
  });

  test("are not where nobody's key is: a 401, and what is open to all", async () => {
    for (const { id } of [...open, guarded[0]!]) expect(limitsOf(await server.call(id, { ...exampleRequest(id), token: null })), id).toEqual([null, null, null]);
  });
});

describe("one loud key", () => {
  const server = useServer({
    settings: {
      api: {
        auth: { tokens: [{ name: "reader", token: readOnlyToken, scope: ["read"] }] },
        rateLimit: { global: { maxRequests: 4, windowMs: 60_000 }, perToken: { maxRequests: 3, windowMs: 60_000 } },
      },
    },
  });

  test("is refused alone, and uses up nothing of what all share", async () => {
    const statuses = [];
    for (let i = 0; i < 6; i++) statuses.push((await server.call("listAgents", { token: readOnlyToken })).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429, 429]);
    (await server.call("listAgents")).json(200);
    expect((await server.call("listAgents")).json(429).details).toEqual({ limit: 4, windowMs: 60_000, scope: "global" });
  });
});

describe("the plain edition's class", () => {
  const server = useServer();

  test("lets 200 a minute through for a key without a limit of its own, beside its 60 of all else", async () => {
    const statuses = new Map<number, number>();
    for (let i = 0; i < 201; i++) {
      const { status } = await server.call("getPlainStatus", { token: readOnlyToken });
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    expect([...statuses]).toEqual([[200, 200], [429, 1]]);
    expect((await server.call("listPlainSessions", { token: readOnlyToken })).json(429).error.details).toEqual({ limit: 200, windowMs: 60_000, scope: "class" });
    (await server.call("listAgents", { token: readOnlyToken })).json(200);
  });
});

describe("failed logins", () => {
  const server = useServer({ settings: { gateway: gatewayBehindProxy } });
  const guess = (address: string, token: string) => server.call("listAgents", { token, headers: { "X-Forwarded-For": address } });

  test("429: ten a minute from an address, then none, right or wrong; a key in use there goes on", async () => {
    const address = "203.0.113.7";
    (await guess(address, readOnlyToken)).json(200);
    for (let i = 0; i < 10; i++) (await guess(address, `oc_tok_guess_${i}`)).json(401);
    const wrong = await guess(address, "oc_tok_guess_10");
    const right = await guess(address, teamToken);
    expect(wrong.json(429).details).toEqual({ limit: 10, windowMs: 60_000, scope: "address" });
    // A guess is not confirmed: the two differ in nothing but the request's id, and maybe the second they were made in.
    const told = ({ headers, text }: Answer<"listAgents">) => [[...headers.keys()].sort(), text.replace(/"requestId":"[^"]+"/, "").replaceAll(/\b\d+ s\b|"retryAfter":\d+/g, "")];
    expect(told(right)).toEqual(told(wrong));
    expect(limitsOf(right)).toEqual([null, null, null]);
    expect(Number(right.headers.get("Retry-After"))).toBeGreaterThanOrEqual(1);
    (await guess(address, readOnlyToken)).json(200);
    (await guess("203.0.113.8", teamToken)).json(200);
  });

  test("401: no token at all is no guess, however often", async () => {
    for (let i = 0; i < 12; i++) (await server.call("listAgents", { token: null, headers: { "X-Forwarded-For": "203.0.113.9" } })).json(401);
  });
});
