import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { skillFile } from "../../server/skills/testing/skills.ts";
import { agentsToken } from "../harness/gateway.ts";
import { exampleRequest } from "./example-request.ts";
import { freshId } from "./ids.ts";
import { isPlatformCallback, operations, type OperationId } from "./operations.ts";
import { openBeside } from "./running-run.ts";
import { startServerTarget, type ServerTarget } from "./server-target.ts";
import type { CallRequest } from "./target.ts";
import { useServer } from "./targets.ts";

const dayMs = 86_400_000;

/** Only how long a test waits before it fails. */
const soon = { timeout: 10_000, interval: 20 };

/** A request with an `Idempotency-Key` that no other test uses. */
const keyed = (request: CallRequest, key = freshId("key")): CallRequest => ({ ...request, headers: { ...request.headers, "Idempotency-Key": key } });

const isReplayed = ({ headers }: { headers: Headers }) => headers.get("Idempotency-Replayed") === "true";

const posts = operations.filter((operation) => operation.method === "POST" && !isPlatformCallback(operation)).map(({ id }) => id);

/** Each makes something that a second time would make another of, or be refused. */
const makings: [id: OperationId, request: () => CallRequest][] = [
  ["createWorkspace", () => ({ json: { id: freshId("ws"), label: "New" } })],
  ["createMemory", () => ({ json: { text: "The stand-up is at nine." } })],
  ["createCronJob", () => ({ json: { schedule: "0 9 * * 1-5", message: "Good morning", enabled: false } })],
  ["invokeTool", () => ({ path: { name: "calculate" }, json: { params: { expression: "6 * 7" } } })],
  ["chat", () => ({ json: { message: "Hello", agentId: "my-agent" } })],
  ["chat", () => ({ json: { message: "Hello", conversationId: null } })],
  ["sendMessage", () => ({ json: { workspace: "team", userId: "user-1", message: "Hello" } })],
  ["message", () => ({ json: { channel: "api", message: "Hello" } })],
  ["message", () => ({ json: { channel: "api", message: "Hello", wait_for_response: false } })],
  ["createChatCompletion", () => ({ json: { model: "openai/gpt-5-mini", messages: [{ role: "user", content: "Hello" }] } })],
];

const streams: [id: OperationId, request: CallRequest][] = [
  ["streamChat", { json: { message: "Hello", agentId: "my-agent" } }],
  ["streamChat", { json: { message: "Hello", conversationId: null } }],
  ["chat", { json: { message: "Hello", conversationId: null, stream: true } }],
  ["streamMessage", { json: { workspace: "team", userId: "user-1", message: "Hello" } }],
  ["message", { json: { channel: "api", message: "Hello" }, headers: { Accept: "text/event-stream" } }],
  ["createChatCompletion", { json: { model: "openai/gpt-5-mini", messages: [{ role: "user", content: "Hello" }], stream: true } }],
];

describe("a request that comes again with its Idempotency-Key", () => {
  const server = useServer();

  /** A conversation whose turn takes its time, so that the next one has to wait. */
  async function busyConversation(): Promise<string> {
    const id = freshId();
    (await server.call("message", { json: { channel: "api", message: "Busy [slow 30]", conversation_id: id, wait_for_response: false } })).json(202);
    return id;
  }

  async function questionsOf(id: string): Promise<string[]> {
    const { messages } = (await server.call("getConversation", { path: { id } })).json(200);
    return messages.filter(({ role }) => role === "user").map(({ content }) => content);
  }

  /** Resolves once the run has ended; it goes on in the background where nobody waits for it. */
  async function endOf(runId: string | null): Promise<void> {
    const isRunning = async () => runId !== null && (await server.call("getRun", { path: { runId } })).json(200).status === "running";
    await vi.waitFor(async () => expect(await isRunning()).toBe(false), soon);
  }

  async function answered<Id extends OperationId>(id: Id, request: CallRequest) {
    const answer = await server.call(id, request);
    expect(answer.status, answer.text).toBe(200);
    return answer;
  }

  test.each(makings)("%s: the first answer again, and nothing is done twice", async (id, request) => {
    const asked = keyed(request());
    const before = server.upstream.requests.length;
    const first = await server.call(id, asked);
    expect(first.status, first.text).toBeLessThan(300);
    expect(isReplayed(first)).toBe(false);
    await endOf(first.headers.get("X-Run-Id"));
    const calls = server.upstream.requests.length - before;

    const again = await server.call(id, asked);
    expect([again.status, again.text, isReplayed(again)]).toEqual([first.status, first.text, true]);
    for (const name of ["Location", "X-Run-Id", "ETag"]) expect(again.headers.get(name), name).toBe(first.headers.get(name));
    expect(server.upstream.requests.length - before).toBe(calls);
  });

  test.each(streams)("%s: the stream again, event for event", async (id, request) => {
    const asked = keyed(request);
    const before = server.upstream.requests.length;
    const first = await server.call(id, asked);
    const again = await server.call(id, asked);
    expect(first.events.length).toBeGreaterThan(1);
    expect([again.text, isReplayed(again), again.headers.get("X-Run-Id")]).toEqual([first.text, true, first.headers.get("X-Run-Id")]);
    expect(server.upstream.requests.length - before).toBe(1);
  });

  test.each(posts)("409: %s with the key of another request", async (id) => {
    const key = freshId("key");
    await server.call("createMemory", keyed({ json: { text: "The first request of this key." } }, key));
    const answer = await server.call(id, keyed(exampleRequest(id), key));
    expect([answer.status, answer.text, isReplayed(answer)]).toEqual([409, expect.stringContaining("another request"), false]);
  });

  test("the order of the members does not make it another request; another value, path or face of the answer does", async () => {
    const asked = keyed({ json: { text: "Members in order", tags: ["a"] } });
    const first = (await server.call("createMemory", asked)).json(201);
    expect((await server.call("createMemory", { ...asked, json: { tags: ["a"], text: "Members in order" } })).json(201)).toEqual(first);
    (await server.call("createMemory", { ...asked, json: { text: "Members in order", tags: ["b"] } })).json(409);

    const invoked = keyed({ path: { name: "calculate" }, json: { params: { expression: "1 + 1" } } });
    await server.call("invokeTool", invoked);
    (await server.call("invokeTool", { ...invoked, path: { name: "read" } })).json(409);

    const message = keyed({ json: { channel: "api", message: "Hello" } });
    await server.call("message", message);
    (await server.call("message", { ...message, headers: { ...message.headers, Accept: "text/event-stream" } })).json(409);
  });

  test("409 with Retry-After while the first is under way; of two at once one is carried out", async () => {
    const asked = keyed({ json: { message: "Hello", conversationId: await busyConversation() } });
    const both = await Promise.all([server.call("chat", asked), server.call("chat", asked)]);
    const [answered, refused] = both.sort((a, b) => a.status - b.status);
    expect([answered.status, refused.status, refused.headers.get("Retry-After"), isReplayed(refused)]).toEqual([200, 409, "1", false]);
    expect((await server.call("chat", asked)).text).toBe(answered.text);
  });

  test("409 while a stream is being read; once it was cancelled, its end is told again", async () => {
    const asked = keyed({ json: { message: "Hello [hang-mid]", agentId: "my-agent" } });
    const stream = await server.open("streamChat", asked);
    (await server.call("streamChat", asked)).json(409);
    await server.call("cancelRun", { path: { runId: stream.headers.get("X-Run-Id") ?? "" } });
    const told = (await stream.rest()).map(({ id }) => id);
    const again = await server.call("streamChat", asked);
    expect([again.events.map(({ id }) => id), isReplayed(again)]).toEqual([told, true]);
  });

  test("is another request when another API key sends it", async () => {
    const asked = keyed({ json: { message: "Hello", agentId: "my-agent" } });
    const first = (await server.call("chat", asked)).json(200);
    const other = await server.call("chat", { ...asked, token: agentsToken });
    expect([other.status, isReplayed(other)]).toEqual([200, false]);
    expect(other.text).not.toBe(JSON.stringify(first));
  });

  test.each(["chat", "streamChat"] as const)("%s: a client whose connection was cut gets the whole answer of the one turn", async (id) => {
    const conversationId = await busyConversation();
    const asked = keyed({ json: { message: "Hello", conversationId } });
    const connection = new AbortController();
    const cut = server.call(id, { ...asked, signal: connection.signal }).catch(() => "cut");
    await vi.waitFor(async () => (await server.call(id, asked)).json(409), soon);
    connection.abort();
    expect(await cut).toBe("cut");
    const answer = await vi.waitFor(() => answered(id, asked), soon);
    expect([isReplayed(answer), /said/.test(answer.text)]).toEqual([true, true]);
    expect(await questionsOf(conversationId)).toEqual(["Busy [slow 30]", "Hello"]);
  });

  test("a stream is taken up by its Last-Event-ID, key or not", async () => {
    const asked = keyed({ json: { message: "Hello", agentId: "my-agent" } });
    const { events } = await server.call("streamChat", asked);
    const rest = await server.call("streamChat", { ...asked, headers: { ...asked.headers, "Last-Event-ID": events[0]!.id } });
    expect([rest.events.map(({ id }) => id), isReplayed(rest)]).toEqual([events.slice(1).map(({ id }) => id), false]);
  });

  test("a Last-Event-ID where there is nothing to take up makes no second turn", async () => {
    const asked = keyed({ json: { message: "Hello", agentId: "my-agent" }, headers: { "Last-Event-ID": "run_1:1" } });
    const first = await server.call("chat", asked);
    expect((await server.call("chat", asked)).text).toBe(first.text);
  });

  test("a refusal of the first is the answer, whatever has become possible since", async () => {
    const id = freshId("ws");
    const asked = keyed({ json: { text: "x", workspace: id } });
    (await server.call("createMemory", asked)).json(404);
    (await server.call("createWorkspace", { json: { id, label: "Made since" } })).json(201);
    const again = await server.call("createMemory", asked);
    expect([again.status, isReplayed(again)]).toEqual([404, true]);
  });

  test("a turn that failed and did nothing may be tried again with the same key", async () => {
    const asked = keyed({ json: { message: "Hello [500-once]", agentId: "my-agent" } });
    expect((await server.call("chat", asked)).status).toBe(502);
    const again = await server.call("chat", asked);
    expect([again.status, isReplayed(again)]).toEqual([200, false]);
  });

  test("a turn that took too long goes on, and the same request gets its answer", async () => {
    const conversationId = await busyConversation();
    const asked = keyed({ json: { channel: "api", message: "Hello", conversation_id: conversationId, timeout_ms: 40 } });
    (await server.call("message", asked)).json(408);
    expect((await vi.waitFor(() => answered("message", asked), soon)).json(200).content).toBe("You said: Hello");
    expect(await questionsOf(conversationId)).toEqual(["Busy [slow 30]", "Hello"]);
  });

  test("the secret of a key is not told again, nor stored", async () => {
    const asked = keyed({ json: { label: "Once", permissions: ["messages:read"] } });
    const made = (await server.call("createKey", asked)).json(201);
    const again = await server.call("createKey", asked);
    const { message, details } = again.json(409);
    expect([message, details["id"], isReplayed(again)]).toEqual([expect.stringContaining("shown once"), made.id, true]);
    const rotation = keyed({ path: { keyId: made.id }, json: {} });
    const rotated = (await server.call("rotateKey", rotation)).json(201);
    (await server.call("rotateKey", rotation)).json(409);

    const database = openBeside(server);
    const stored = JSON.stringify(database.prepare("SELECT * FROM idempotency_keys").all());
    database.close();
    for (const { secret } of [made, rotated]) expect([secret.length > 20, stored.includes(secret)]).toEqual([true, false]);
  });

  test("an answer over 1 MB is not kept, and that is said", async () => {
    const asked = keyed({ json: { model: "openai/gpt-5-mini", messages: [{ role: "user", content: "Hello [big 1000]" }] } });
    const before = server.upstream.requests.length;
    expect((await server.call("createChatCompletion", asked)).status).toBe(200);
    expect((await server.call("createChatCompletion", asked)).json(409).error.message).toContain("over 1 MB");
    expect(server.upstream.requests.length - before).toBe(1);
  });

  test("what was said in a session that is deleted is not told any more", async () => {
    const sessionId = freshId();
    const asked = keyed({ json: { message: "A secret of ours", agentId: "my-agent", sessionId } });
    (await server.call("chat", asked)).json(200);
    expect((await server.call("deleteSession", { path: { sessionId } })).status).toBeLessThan(300);
    (await server.call("chat", asked)).json(404);
    const database = openBeside(server);
    expect(JSON.stringify(database.prepare("SELECT * FROM idempotency_keys").all())).not.toContain("A secret of ours");
    database.close();
  });

  test.each(["", "two words", "x".repeat(256), "ключ-€"].map((key) => [key]))("400: %j is no key", async (key) => {
    const headers = { "Idempotency-Key": Buffer.from(key).toString("latin1") };
    (await server.call("createMemory", { json: { text: "x" }, headers })).json(400);
  });

  test("counts towards the rate limit like any other", async () => {
    const asked = keyed({ json: { text: "Counted" } });
    const first = await server.call("createMemory", asked);
    const again = await server.call("createMemory", asked);
    const left = [first, again].map(({ headers }) => Number(headers.get("X-RateLimit-Remaining")));
    expect(left[1]).toBeLessThan(left[0]!);
  });
});

test("a skill is installed once", async () => {
  const stateDir = await mkdtemp(join(tmpdir(), "openclaw-test-"));
  onTestFinished(() => rm(stateDir, { recursive: true, force: true }));
  await mkdir(join(stateDir, "downloads/pdf"), { recursive: true });
  await writeFile(join(stateDir, "downloads/pdf/SKILL.md"), skillFile("pdf"));
  const server = await startFor({ stateDir, settings: { skills: { installFrom: ["~/downloads"] } } });
  const asked = keyed({ json: { path: "pdf" } });
  const first = await server.call("installSkill", asked);
  const again = await server.call("installSkill", asked);
  expect([first.status, again.status, again.text, isReplayed(again)]).toEqual([201, 201, first.text, true]);
  await server.close();
});

test("a cron job is run once", async () => {
  const server = await startFor({});
  const { id } = (await server.call("createCronJob", { json: { schedule: "0 9 * * 1-5", message: "Good morning", enabled: false } })).json(201);
  const asked = keyed({ path: { id } });
  const first = await server.call("runCronJob", asked);
  const again = await server.call("runCronJob", asked);
  expect([first.status, again.status, again.text, isReplayed(again)]).toEqual([202, 202, first.text, true]);
  expect(server.upstream.requests.length).toBeLessThan(2);
});

describe("over time", () => {
  test("after 24 hours the same key begins anew", async () => {
    let at = Date.now();
    const server = await startFor({ now: () => at });
    const asked = keyed({ json: { text: "Every day" } });
    const first = (await server.call("createMemory", asked)).json(201);
    at += dayMs - 1;
    expect((await server.call("createMemory", asked)).json(201).id).toBe(first.id);
    at += 1;
    const later = await server.call("createMemory", asked);
    expect([later.json(201).id === first.id, isReplayed(later)]).toEqual([false, false]);
  });

  test("a restart keeps what was answered, streams too", async () => {
    const stateDir = await mkdtemp(join(tmpdir(), "openclaw-test-"));
    onTestFinished(() => rm(stateDir, { recursive: true, force: true }));
    const first = await startFor({ stateDir });
    const requests = [...makings.map(([id, request]) => [id, keyed(request())] as const), ...streams.map(([id, request]) => [id, keyed(request)] as const)];
    const answers = [];
    for (const [id, request] of requests) answers.push(await first.call(id, request));
    await first.close();

    const second = await startFor({ stateDir });
    for (const [index, [id, request]] of requests.entries()) {
      const again = await second.call(id, request);
      const before = answers[index]!;
      expect([again.status, isReplayed(again), again.headers.get("X-Run-Id")], id).toEqual([before.status, true, before.headers.get("X-Run-Id")]);
      expect(saidBy(again), id).toBe(saidBy(before));
    }
    expect(second.upstream.requests).toHaveLength(0);
    await second.close();
  });

  test("the calls of a completion are told again as they were; after a restart, of a stream no more, rather than a stream without them", async () => {
    const stateDir = await mkdtemp(join(tmpdir(), "openclaw-test-"));
    onTestFinished(() => rm(stateDir, { recursive: true, force: true }));
    const first = await startFor({ stateDir });
    const [json, stream] = [keyed(calling(false)), keyed(calling(true))];
    const told = await first.call("createChatCompletion", json);
    expect(told.json(200).choices[0]?.message.tool_calls).toHaveLength(1);
    const { text } = await first.call("createChatCompletion", stream);
    expect(text).toContain('"finish_reason":"tool_calls"');
    expect((await first.call("createChatCompletion", stream)).text).toBe(text);
    await first.close();

    const second = await startFor({ stateDir });
    expect((await second.call("createChatCompletion", json)).text).toBe(told.text);
    (await second.call("createChatCompletion", stream)).json(404);
    expect(second.upstream.requests).toHaveLength(0);
    await second.close();
  });
});

/** A completion that ends with a call that its caller is to carry out. */
const calling = (stream: boolean): CallRequest => {
  const look = { type: "function", function: { name: "look", parameters: { type: "object", properties: {} } } };
  return { json: { model: "openai/gpt-5-mini", messages: [{ role: "user", content: "Hello" }], tools: [look], tool_choice: "required", stream } };
};

/** A body as it is; of a stream all that it says, in whatever pieces: after a restart the text comes in one. */
function saidBy({ events, text }: { events: readonly unknown[]; text: string }): string {
  if (events.length === 0) return text;
  return [...text.matchAll(/"(?:text|delta|content)":"([^"]*)"/g)].map(([, piece]) => piece).join("");
}

async function startFor(options: Parameters<typeof startServerTarget>[0]): Promise<ServerTarget> {
  const server = await startServerTarget(options);
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= server.close());
  onTestFinished(close);
  return { ...server, close };
}
