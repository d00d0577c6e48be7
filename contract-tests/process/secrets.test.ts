import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { exampleRequest } from "../contract/example-request.ts";
import { operations } from "../contract/operations.ts";
import { send } from "../contract/send.ts";
import type { CallRequest } from "../contract/target.ts";
import { startUpstreamServer, type FakeUpstream } from "../fakes/upstream-server.ts";
import { openclaw, startGatewayProcess, temporaryFolder, type GatewayProcess } from "./gateway-process.ts";

// A gateway that logs all it can gets secrets through every door, and everything goes wrong. None of them may be seen again:
// not on its outputs, not in its log, its files and whoever follows it, not in the audit log, not in an answer.

/** Part of each secret, so that a piece of one is found, too. */
const mark = "sEcReT";
const owner = `oc_tok_${mark}_of_the_owner`;
/** May as much, and more often: a test asks for more than the owner may in a minute. */
const admin = `oc_tok_${mark}_of_an_admin`;
/** Of no form that the gateway could tell from a word. */
const plainKey = `${mark}-of-an-app`;
const readerKey = `${mark}/of+a=reader`;
const foreign = [`oc_tok_${mark}_nobody`, `oclaw_live_${mark}_nobody`, `sk-openclaw-${mark}-nobody`];
const providerKey = `${mark}-of-the-provider`;

/** Says the key that it was called with in all it answers. The last message tells what that is. */
async function startEchoingProvider(): Promise<FakeUpstream> {
  const upstream = await startUpstreamServer("/v1", async ({ headers, body, json, raw, stream, destroy }) => {
    const said = `I was called with ${headers.authorization}`;
    const { messages = [] } = (body ?? {}) as { messages?: { content: unknown }[] };
    const wanted = JSON.stringify(messages.at(-1)?.content ?? "");
    const status = Number(/\[(\d+)\]/.exec(wanted)?.[1] ?? 500);
    if (wanted.includes("[garbage]")) return raw(200, "application/json", `${headers.authorization} is what I was called with`);
    if (wanted.includes("[html]")) return raw(502, "text/html", `<p>${said}</p>`);
    if (wanted.includes("[reset]")) return destroy();
    if (wanted.includes("[stream]")) {
      const out = stream();
      await out.write(`data: {"choices":[{"delta":{"content":"Well"}}]}\n\ndata: ${JSON.stringify({ error: { message: said, type: "server_error", code: said } })}\n\n`);
      return out.end();
    }
    return json(status, { error: { message: said, type: said, code: said } });
  });
  onTestFinished(() => upstream.close());
  return upstream;
}

function settingsOf(upstream: FakeUpstream): object {
  const models = [{ id: "gpt-5-mini" }];
  return {
    gateway: { auth: { enabled: true, token: owner }, apiKeys: [plainKey] },
    api: {
      auth: { tokens: [{ name: "admin", token: admin, scope: ["admin"], rateLimit: 100_000 }, { name: "reader", token: readerKey, scope: ["read"], rateLimit: 100_000 }] },
      rateLimit: { perToken: { windowMs: 1000, maxRequests: 100_000 } },
      webhooks: { outgoing: [{ url: `http://127.0.0.1:9/hook?signature=${mark}-query`, secret: `${mark}-of-a-webhook`, events: ["*"] }] },
    },
    models: {
      default: "echo/gpt-5-mini",
      providers: {
        echo: { type: "openai", baseUrl: upstream.url, apiKey: providerKey, maxRetries: 0, models },
        nowhere: { type: "anthropic", baseUrl: `http://user:${mark}-password@127.0.0.1:9/v1`, apiKey: `${mark}-of-nowhere`, maxRetries: 0, models: [{ id: "claude" }] },
      },
    },
    logging: { level: "trace" },
  };
}

/** What a client may do with secrets, each a call of its own. */
function* calls(gateway: GatewayProcess): Generator<() => Promise<Response>> {
  const get = (path: string, headers: Record<string, string> = {}) => () => fetch(gateway.url + path, { headers });
  const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
  // In use here before anybody guesses.
  for (const token of [owner, admin, plainKey, readerKey]) yield get("/api/v1/agents", bearer(token));
  const tokens = [owner, admin, plainKey, readerKey, ...foreign, `${mark}-nobody`];
  for (const token of tokens) {
    const encoded = encodeURIComponent(token);
    yield get("/api/v1/agents", bearer(token));
    yield get("/api/v1/agents", { Authorization: `Basic ${token}`, Cookie: `session=${token}`, "X-Forwarded-For": token });
    yield get(`/api/v1/agents?api_key=${encoded}`);
    yield get(`/api/status?api_key=${encoded}&api_key=${encoded}`);
    yield get(`/nowhere?api_key=${encoded}`);
    yield get(`/api/v1/sessions?limit=${encoded}&cursor=${encoded}`, bearer(admin));
  }
  // Those that can be told from a word: of the gateway's forms, or in the settings.
  for (const token of [owner, admin, plainKey, ...foreign, providerKey]) {
    for (const path of [`/api/v1/sessions/${token}`, `/api/v1/${token}`, `/api/${token}`, `/api/v1/openai/${token}`, `/api/v1/sessions/%zz${token}`, `/api/v1/agents/${token}/sessions/${token}`]) {
      for (const headers of [bearer(admin), bearer("nobody"), { "X-Request-Id": token }]) yield get(path, headers);
    }
    yield get("/api/v1/agents", { ...bearer(admin), "X-Request-Id": token });
    yield () => gateway.call(`/api/v1/sessions/${token}`, { method: "DELETE", token: admin });
    yield () => gateway.call(`/api/v1/sessions/${token}`, { method: "PUT", token: admin });
  }
  for (const { id, bodySchemas } of operations) {
    const example = exampleRequest(id);
    const ask = (request: CallRequest, token: string | null = admin) => () => send(gateway.url, id, { ...example, json: undefined, ...request }, token);
    yield ask({ json: example.json }, readerKey);
    yield ask({ json: example.json, query: { ...example.query, api_key: plainKey } }, null);
    if (!bodySchemas) continue;
    const json = { "Content-Type": "application/json" };
    for (const body of [`{"token":"${mark}-in-a-body`, `{"apiKey":${mark}}`, `{"message":"x"}${mark}`, `${mark}`]) yield ask({ body, headers: json });
    yield ask({ body: `{"secret":"${mark}"}`, headers: { "Content-Type": `text/${mark}` } });
    yield ask({ json: { ...(example.json as object), message: [mark], token: mark, apiKey: { secret: mark } } });
    yield ask({ json: { padding: mark.repeat(400_000) } });
  }
  for (const wanted of ["[400]", "[401]", "[403]", "[404]", "[422]", "[429]", "[500]", "[503]", "[garbage]", "[html]", "[reset]", "[stream]"]) {
    for (const path of ["/api/v1/chat", "/api/v1/chat/stream", "/api/v1/messages"]) yield () => gateway.call(path, { json: { message: `Hello ${wanted}` }, token: plainKey });
    yield () => gateway.call("/api/v1/openai/chat/completions", { json: { model: "gpt-5-mini", messages: [{ role: "user", content: wanted }], stream: wanted === "[stream]" }, token: plainKey });
  }
  yield () => gateway.call("/api/v1/chat", { json: { message: "Hello", model: "nowhere/claude" }, token: plainKey });
  yield get("/api/v1/models", bearer(admin));
  yield get("/health/detail", bearer(admin));
}

/** What is said to the caller alone: a tool's error quotes the input that it could not take. */
function* callsOfTools(gateway: GatewayProcess): Generator<() => Promise<Response>> {
  const inputs: [tool: string, params: object][] = [
    ["calculate", { expression: `${mark} + 1` }],
    ["calculate", { [mark]: mark }],
    ["read", { path: `/${mark}/file` }],
    ["http_request", { url: `http://user:${mark}@127.0.0.1:9/?signature=${mark}`, headers: { Authorization: `Bearer ${mark}` } }],
    ["memory_save", { content: mark.repeat(10_000) }],
  ];
  for (const [tool, params] of inputs) yield () => gateway.call(`/api/tools/${tool}/invoke`, { json: { params }, token: admin });
  yield () => gateway.call(`/api/v1/logs?q=${mark}&cursor=${mark}`, { token: admin });
  yield () => gateway.call(`/api/v1/logs`, { token: admin, headers: { Accept: "text/event-stream", "Last-Event-ID": mark } });
  for (const patch of [{ logging: { level: mark } }, { models: { providers: { late: { type: "openai", baseUrl: "http://127.0.0.1:9/v1", apiKey: `${mark}-late`, models: [] } } } }]) {
    yield () => gateway.call("/api/v1/config", { method: "PATCH", json: patch, token: admin });
  }
}

/** All that can be read of the log, a page at a time. */
async function readLog(gateway: GatewayProcess): Promise<string> {
  let text = "";
  for (let cursor: string | undefined = ""; cursor !== undefined; ) {
    const response = await gateway.call(`/api/v1/logs?limit=100${cursor && `&cursor=${cursor}`}`, { token: admin });
    expect(response.status).toBe(200);
    const page = (await response.json()) as { entries: unknown[]; nextCursor?: string };
    text += JSON.stringify(page.entries);
    cursor = page.nextCursor;
  }
  return text;
}

/** What somebody gets who follows it. */
async function followLog(gateway: GatewayProcess): Promise<() => string> {
  const { body } = await gateway.call("/api/v1/logs", { token: admin, headers: { Accept: "text/event-stream" } });
  let text = "";
  void body!.pipeThrough(new TextDecoderStream()).pipeTo(new WritableStream({ write: (chunk) => void (text += chunk) })).catch(() => {});
  return () => text;
}

const shown = async (response: Response) => `${response.status} ${JSON.stringify([...response.headers])} ${await response.text()}`;

/** What comes back from bytes that are no HTTP. */
async function sendBytes({ port }: GatewayProcess, bytes: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  socket.on("data", (chunk) => (text += chunk.toString()));
  socket.end(bytes);
  await once(socket, "close");
  return text;
}

/** The first place where a secret is seen, with what stands around it. */
function expectNone(where: string, text: string): void {
  const at = text.indexOf(mark);
  expect(at === -1 ? "" : `${where}: …${text.slice(Math.max(0, at - 300), at + 60)}…`).toBe("");
}

test("no secret is seen again", { timeout: 120_000 }, async () => {
  const folder = temporaryFolder();
  const gateway = await startGatewayProcess({ folder, settings: settingsOf(await startEchoingProvider()) });
  const followed = await followLog(gateway);
  const statuses = new Set<number>();

  async function callAll(): Promise<void> {
    for (const call of calls(gateway)) {
      const response = await call();
      statuses.add(response.status);
      expectNone(`the answer of ${response.url}`, await shown(response));
    }
    for (const call of callsOfTools(gateway)) await (await call()).arrayBuffer();
  }

  await callAll();
  for (const bytes of [`GET /?api_key=${owner} HTTP/9.9\r\n\r\n`, `${owner}\r\n\r\n`, `GET / HTTP/1.1\r\nAuthorization ${owner}\r\n\r\n`, `GET / HTTP/1.1\r\nX: ${owner.repeat(1000)}\r\n\r\n`]) {
    expectNone("the answer to no HTTP", await sendBytes(gateway, bytes));
  }
  // And once more, with a database that throws at whoever asks it.
  // The gateway writes in the background, too: whoever else does waits for his turn.
  const database = new DatabaseSync(join(folder, "state/openclaw.db"), { timeout: 30_000 });
  onTestFinished(() => database.close());
  database.exec("pragma foreign_keys = off; drop table messages; drop table runs; drop table sessions; drop table workspaces");
  await callAll();

  const read = await readLog(gateway);
  gateway.cli.kill("SIGTERM");
  const { status, stdout, stderr } = await gateway.cli.exit;
  expect(status).toBe(0);
  const entries = database.prepare("select * from audit").all();
  // Else nothing has been shown.
  for (const expected of [200, 400, 401, 403, 404, 405, 413, 415, 500, 502, 503]) expect(statuses).toContain(expected);
  expect(entries.length).toBeGreaterThan(100);
  for (const word of ['"level":20', '"level":50', "SQLITE", "[redacted]"]) expect(stdout).toContain(word);
  const logs = join(folder, "state/logs");
  const files = readdirSync(logs).map((name) => readFileSync(join(logs, name), "utf8")).join("");
  // The same lines everywhere.
  for (const [where, text] of Object.entries({ "the log's files": files, "the log over HTTP": read, "the log as it is followed": followed() })) {
    for (const word of ["SQLITE", "[redacted]", "createKey", "invokeTool"]) expect(text, where).toContain(word);
    expectNone(where, text);
  }
  expectNone("standard output", stdout);
  expectNone("standard error", stderr);
  expectNone("the audit log", JSON.stringify(entries));
});

test("a crash is told without what hangs on the error", async () => {
  const folder = temporaryFolder();
  const crash = join(folder, "crash.mjs");
  writeFileSync(crash, `process.on("SIGUSR2", () => { throw Object.assign(new Error("the ${foreign[0]} crash"), { headers: { authorization: "${mark}" } }) })`);
  const cli = openclaw(["start", "--port", "0"], { HOME: folder, GATEWAY_AUTH_TOKEN: owner, NODE_OPTIONS: `--import=${crash}` });
  await cli.untilSaid(/openclaw chat .*\n/);
  cli.kill("SIGUSR2");
  const { status, stdout, stderr } = await cli.exit;
  expect([status, stdout]).toEqual([1, expect.stringContaining('"msg":"the gateway has crashed"')]);
  expect(stdout).toContain("the [redacted] crash");
  expectNone("standard output", stdout);
  expectNone("standard error", stderr);
});

test.each([
  { gateway: { auth: { token: `${mark} with spaces` }, apiKeys: [`${mark}-twice`, `${mark}-twice`] } },
  { gateway: { auth: { token: [mark] } }, models: { providers: { openai: { type: "openai", apiKey: { [mark]: mark } } } } },
  { storage: { url: `postgres://user:${mark}@127.0.0.1/db` }, gateway: { auth: { token: admin } } },
  { redis: { url: `no-url-${mark}` }, models: { providers: { openai: { type: "openai", baseUrl: `not a url ${mark}`, apiKey: mark } } } },
  `{ gateway: { auth: { token: "${mark}" `,
  `{ gateway: { auth: { token: ${mark} } } }`,
])("settings that cannot be used are told without their secrets: %j", async (settings) => {
  const folder = temporaryFolder();
  const file = join(folder, "settings.json5");
  writeFileSync(file, typeof settings === "string" ? settings : JSON.stringify(settings));
  const { status, stdout, stderr } = await openclaw(["start", "--port", "0", "--config", file], { HOME: folder, OPENCLAW_STATE_DIR: join(folder, "state") }).exit;
  expect(status).not.toBe(0);
  expect(stderr).not.toBe("");
  expectNone("standard output", stdout);
  expectNone("standard error", stderr);
});
