import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { agentsToken } from "../harness/gateway.ts";
import type { Answer } from "./answer.ts";
import { errorOf } from "./error-of.ts";
import type { OperationId } from "./operations.ts";
import { startServerTarget, type ServerTarget } from "./server-target.ts";
import type { CallRequest } from "./target.ts";
import { useServer } from "./targets.ts";

// Tokens a day, over HTTP; the rules themselves are in server/limits/quotas.test.ts. The fake provider counts words.

const spenderToken = "oc_tok_spender_with_a_quota";
const settingsWith = (maxTokensPerDay: number, more: object = {}) => ({ api: { auth: { tokens: [{ name: "spender", token: spenderToken, scope: ["admin"], maxTokensPerDay, rateLimit: 1000 }] } }, ...more });
const token = spenderToken;

/** Every way to take a turn, and what it calls a limit. */
const turns: [OperationId, CallRequest, string][] = [
  ["chat", { json: { agentId: "main", message: "Hello" } }, "rate_limit_exceeded"],
  ["chat", { json: { conversationId: null, message: "Hello" } }, "rate_limit_exceeded"],
  ["streamChat", { json: { message: "Hello" } }, "rate_limit_exceeded"],
  ["streamChatByQuery", { query: { message: "Hello" } }, "rate_limit_exceeded"],
  ["sendMessage", { json: { message: "Hello" } }, "rate_limited"],
  ["streamMessage", { json: { message: "Hello" } }, "rate_limited"],
  ["message", { json: { message: "Hello", channel: "api" } }, "rate_limited"],
  ["message", { json: { message: "Hello", channel: "api" }, headers: { Accept: "text/event-stream" } }, "rate_limited"],
  ["createChatCompletion", { json: { model: "gpt-5-mini", messages: [{ role: "user", content: "Hello" }] } }, "rate_limited"],
  ["createChatCompletion", { json: { model: "gpt-5-mini", stream: true, messages: [{ role: "user", content: "Hello" }] } }, "rate_limited"],
];

describe("a quota that is too small for a turn", () => {
  const server = useServer({ settings: settingsWith(10) });

  test.each(turns)("429: %s %o, before any event and without asking the model", async (id, request, code) => {
    const answer = await server.call(id, { ...request, token });
    expect(answer.status, answer.text).toBe(429);
    const found = errorOf(JSON.parse(answer.text));
    expect(found.code).toBe(code);
    expect(found.message).toMatch(/10 of 10 are left.*No day has as many/);
    const midnight = new Date(new Date().setUTCHours(24, 0, 0, 0));
    // OpenAI's face has no details.
    expect(found.details).toEqual(found.face === "openai" ? {} : { scope: "tokens", limit: 10, used: 0, reserved: 0, resetAt: midnight.toISOString() });
    expect(Math.abs(Number(answer.headers.get("Retry-After")) - (midnight.getTime() - Date.now()) / 1000)).toBeLessThan(5);
    // How it stands with its requests is another matter.
    expect(answer.headers.get("X-RateLimit-Limit")).toBe("1000");
    expect(server.upstream.requests.filter(({ method }) => method === "POST")).toEqual([]);
  });

  test("is the key's alone", async () => {
    (await server.call("chat", { json: { agentId: "main", message: "Hello" } })).json(200);
    server.upstream.reset();
  });
});

describe("a quota that a later step of a turn does not fit in", () => {
  const server = useServer({ settings: settingsWith(2000) });

  test.each([
    ["streamChat", { agentId: "main", message: "read notes.txt" }, "rate_limit_exceeded"],
    ["streamChat", { conversationId: null, message: "read notes.txt" }, "rate_limit_exceeded"],
    ["streamMessage", { message: "read notes.txt" }, "rate_limited"],
  ] as const)("ends the stream of %s %o with an error event", async (id, json, code) => {
    await mkdir(join(server.gateway.stateDir, "workspace"), { recursive: true });
    await writeFile(join(server.gateway.stateDir, "workspace/notes.txt"), "A very long note. ".repeat(1000));
    const events = (await server.call(id, { json, token })).data();
    expect(events.map(({ type }) => type).slice(-3)).toEqual(["tool_use", "tool_result", "error"]);
    expect(events.at(-1)).toMatchObject({ error: code, status: 429, details: { scope: "tokens", limit: 2000 }, retryAfter: expect.any(Number) });
  });

  test("429: answers JSON with the error alone", async () => {
    const answer = await server.call("sendMessage", { json: { message: "read notes.txt" }, token });
    expect(answer.json(429).details).toMatchObject({ scope: "tokens" });
  });
});

describe("fifty turns at once", () => {
  const quota = 2000;
  const server = useServer({ settings: settingsWith(quota) });
  /** A model that would say five hundred words, and the words of the question are long, so that the estimate is not too low. */
  const say = (index: number): CallRequest => ({ token, json: { conversationId: null, message: `[words 500] Question-number-${index}-of-those-that-come-at-once`, maxTokens: 100 } });

  test("never use more than the quota, and what they leave can be used", async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => server.call("chat", say(index))));
    const used = answers.reduce((sum, answer) => sum + tokensOf(answer), 0);
    const refused = answers.filter(({ status }) => status === 429);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 429]));
    expect(used).toBeGreaterThan(0);
    expect(used).toBeLessThanOrEqual(quota);
    // Those that others stood in the way of may come back at once.
    expect(refused.some(({ headers }) => headers.get("Retry-After") === "1")).toBe(true);

    let sum = used;
    let next = await server.call("chat", say(50));
    for (let index = 51; next.status === 200; index++) {
      sum += tokensOf(next);
      next = await server.call("chat", say(index));
    }
    expect(sum).toBeLessThanOrEqual(quota);
    // As little is left as no question fits into, with the definitions of the agent's tools.
    expect(quota - sum).toBeLessThan(250);
    expect(errorOf(JSON.parse(next.text)).details).toMatchObject({ used: sum, reserved: 0 });
  });
});

test("a restart keeps what was used that day", async () => {
  const stateDir = await mkdtemp(join(tmpdir(), "openclaw-quota-"));
  onTestFinished(() => rm(stateDir, { recursive: true, force: true }));
  const settings = settingsWith(100);
  const hello = { token, json: { conversationId: null, message: "Hello there" } };

  const before = await startServerTarget({ settings, stateDir });
  const used = tokensOf(await before.call("chat", hello)) + tokensOf(await before.call("chat", hello));
  await before.close();
  const after = await startServerTarget({ settings: settingsWith(used + 10), stateDir });
  onTestFinished(() => after.close());
  expect((await after.call("chat", hello)).json(429).details).toMatchObject({ limit: used + 10, used, reserved: 0 });
});

test("the quota of all keys together counts each of them, and the embedded model too", async () => {
  const server = await startServerTarget({
    settings: { models: { providers: {} }, gateway: { apiKeys: [agentsToken], rateLimit: { maxRequestsPerMinute: 1000, maxTokensPerDay: 60, perKey: false } }, ...settingsWith(1000) },
  });
  onTestFinished(() => server.close());
  const used = await useUp(server, agentsToken);
  expect((await server.call("sendMessage", { json: { message: "Hello" }, token })).json(429).details).toMatchObject({ limit: 60, used });
});

/** Talks until there are no tokens left; how many it took. */
async function useUp(server: ServerTarget, key: string): Promise<number> {
  let used = 0;
  for (;;) {
    const answer = await server.call("sendMessage", { json: { message: "Hello" }, token: key });
    if (answer.status === 429) return used;
    used += answer.json(200).tokensUsed;
  }
}

/** The usage that an answer of the conversations edition tells; none when it was refused. */
function tokensOf({ status, text }: Answer<"chat">): number {
  if (status !== 200) return 0;
  const { usage } = JSON.parse(text) as { usage: { inputTokens: number; outputTokens: number } };
  return usage.inputTokens + usage.outputTokens;
}
