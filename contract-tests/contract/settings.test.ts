import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { agentsToken, ownerToken } from "../harness/gateway.ts";
import { errorOf } from "./error-of.ts";
import type { CallRequest } from "./target.ts";
import { describeTargets, useServer } from "./targets.ts";

// One settings file, two editions: what is said of one write is true of both.

const writes = ["replaceSettings", "updatePlainSettings"] as const;
const reads = ["getSettings", "getPlainSettings"] as const;

describeTargets((target) => {
  /** All settings as they stand: right to be sent to either write. */
  const current = async () => (await target.call("getSettings")).json(200);

  describe.each(reads)("%s", (id) => {
    test("200: answers the settings in the file's shape", async () => {
      expect((await target.call(id)).json(200)).toMatchObject({ gateway: { auth: { enabled: true } } });
    });
  });

  describe.each(writes)("%s", (id) => {
    test("200: answers the settings as they are now, and what they need", async () => {
      const answer = await target.call(id, { json: await current() });
      expect(answer.json(200)).toMatchObject({ config: { gateway: {} }, restartRequired: [], warnings: expect.any(Array) as unknown });
    });

    test("200: of the version that `If-Match` names, or of any", async () => {
      const version = (await target.call("getSettings")).headers.get("ETag") ?? "";
      for (const tag of [version, `"other", ${version}`, "*"]) expect((await target.call(id, { json: await current(), headers: { "If-Match": tag } })).status).toBe(200);
    });

    test("400: refuses what is no settings file, naming every fault", async () => {
      const answer = await target.call(id, { json: { gatway: {}, logging: { level: "loud" } }, mock: { status: 400 } });
      const { code, details } = errorOf(answer.json(400));
      expect(code).toMatch(/bad_request|INVALID_REQUEST/);
      expect(details.errors?.every(({ path, message }) => path.startsWith("/") && message !== "")).toBe(true);
      (await target.call(id, { json: {}, query: { force: "maybe" } })).json(400);
    });

    test("409: refuses what would lock the caller out", async () => {
      (await target.call(id, { json: { gateway: { apiEnabled: false, auth: { token: ownerToken } } }, mock: { status: 409 } })).json(409);
    });

    test("412: refuses what was made for another version", async () => {
      for (const tag of ['"other"', 'W/"0123456789abcdef"', "other"]) {
        (await target.call(id, { json: await current(), headers: { "If-Match": tag }, mock: { status: 412 } })).json(412);
      }
    });

    test("413: refuses what is larger than requests may be", async () => {
      (await target.call(id, { json: { agents: { list: [{ id: "a", systemPrompt: "x".repeat(2 * 1024 * 1024) }] } }, mock: { status: 413 } })).json(413);
    });

    test("415: refuses another media type", async () => {
      (await target.call(id, { body: "logging: {}", headers: { "Content-Type": "application/yaml" }, mock: { status: 415 } })).json(415);
    });
  });

  test("200: a patch may call itself one", async () => {
    (await target.call("updatePlainSettings", { body: "{}", headers: { "Content-Type": "application/merge-patch+json" } })).json(200);
  });
});

const secret = "a-provider-key-that-nobody-may-see";
const provider = (upstreamUrl: string) => ({ type: "openai", baseUrl: upstreamUrl, apiKey: secret, models: [{ id: "gpt-5" }], maxRetries: 0 });

describe("the server", () => {
  const server = useServer({ settingsIntervalMs: 10 });
  const patch = (json: object, more: CallRequest = {}) => server.call("updatePlainSettings", { json, ...more });
  const file = () => join(server.gateway.stateDir, "settings.json");

  test("both editions show and change the same settings", async () => {
    const changed = await patch({ logging: { level: "warn" } });
    const [operator, plain] = [await server.call("getSettings"), await server.call("getPlainSettings")];
    expect([operator.json(200), plain.json(200)]).toEqual([changed.json(200).config, changed.json(200).config]);
    const tags = new Set([changed, operator, plain].map(({ headers }) => headers.get("ETag")));
    expect([...tags]).toEqual([expect.stringMatching(/^"[0-9a-f]{16}"$/)]);
    expect(operator.json(200)).toMatchObject({ logging: { level: "warn" } });
  });

  test("no secret is shown, and what is shown can be sent back", async () => {
    (await patch({ models: { providers: { second: provider("http://127.0.0.1:9/v1") } } })).json(200);
    const before = readFileSync(file(), "utf8");
    const { text } = await server.call("getSettings");
    for (const hidden of [secret, ownerToken, agentsToken]) expect([before.includes(hidden), text.includes(hidden)]).toEqual([true, false]);
    (await server.call("replaceSettings", { json: JSON.parse(text) })).json(200);
    expect(readFileSync(file(), "utf8")).toBe(before);
  });

  test("an agent that is added is there and answers, and one that is removed is gone", async () => {
    const agents = (await server.call("getSettings")).json(200)["agents"] as { list: object[] };
    (await patch({ agents: { list: [...agents.list, { id: "added", name: "Added", systemPrompt: "You were added." }] } })).json(200);
    expect((await server.call("listAgents")).json(200).agents.map(({ id }) => id)).toContain("added");
    (await server.call("chat", { json: { agentId: "added", message: "Hello" } })).json(200);
    expect(JSON.stringify(server.upstream.requests.at(-1)?.body)).toContain("You were added.");
    (await patch({ agents })).json(200);
    (await server.call("getAgent", { path: { agentId: "added" } })).json(404);
  });

  test("a provider that is added answers the next turn, and the turn under way keeps its own", async () => {
    const stream = await server.open("streamChat", { json: { agentId: "main", message: "Slowly [slow 20]" } });
    await stream.next();
    (await patch({ models: { default: "next/gpt-5", providers: { openai: null, next: provider(server.upstream.url) } } })).json(200);
    expect((await stream.rest()).at(-1)?.data).toMatchObject({ type: "end" });
    expect((await server.call("listModels")).json(200).models.map(({ provider: name }) => name)).not.toContain("openai");
    (await server.call("chat", { json: { agentId: "main", message: "Hello" } })).json(200);
    expect(server.upstream.requests.at(-1)?.headers).toMatchObject({ authorization: `Bearer ${secret}` });
  });

  test("a tool that is denied is not offered any more", async () => {
    const isEnabled = async () => (await server.call("listAgentTools", { path: { agentId: "my-agent" } })).json(200).tools.map(({ name, enabled }) => [name, enabled]);
    (await patch({ tools: { deny: ["calculate"] } })).json(200);
    expect(await isEnabled()).toEqual([["calculate", false]]);
    (await patch({ tools: null })).json(200);
    expect(await isEnabled()).toEqual([["calculate", true]]);
  });

  test("a workspace that is added can be used", async () => {
    (await patch({ workspaces: [{ id: "team" }, { id: "added-later" }] })).json(200);
    (await server.call("sendMessage", { json: { workspace: "added-later", message: "Hello" } })).json(200);
  });

  test("what only a start reads is named, until it is taken back", async () => {
    expect((await patch({ gateway: { host: "localhost" }, storage: { url: "sqlite::memory:" } })).json(200).restartRequired).toEqual(["/gateway/host", "/storage/url"]);
    expect((await patch({ gateway: { host: null }, logging: { level: "error" } })).json(200).restartRequired).toEqual(["/storage/url"]);
    expect((await patch({ storage: null })).json(200).restartRequired).toEqual([]);
  });

  test("what is not in force in this version is said", async () => {
    const { warnings } = (await patch({ redis: { url: "redis://127.0.0.1:6379" } })).json(200);
    expect(warnings).toContainEqual(expect.stringContaining("Redis"));
    (await patch({ redis: null })).json(200);
  });

  test("a file that somebody edits takes effect, and a broken one is a 409 for whoever would overwrite it", async () => {
    const good = readFileSync(file(), "utf8");
    writeFileSync(file(), JSON.stringify({ ...JSON.parse(good), agents: { list: [{ id: "by-hand" }] } }));
    await vi.waitFor(async () => expect((await server.call("listAgents")).json(200).agents.map(({ id }) => id)).toEqual(["by-hand"]), { timeout: 10_000 });
    writeFileSync(file(), "{ broken");
    expect((await patch({ logging: { level: "info" } })).json(409).error.message).toContain("by hand");
    expect((await server.call("listAgents")).json(200).agents).toHaveLength(1);
    writeFileSync(file(), good);
    (await patch({ logging: { level: "info" } })).json(200);
  });

  test("403: of settings nobody learns who has no permission for them", async () => {
    for (const id of reads) expect((await server.call(id, { token: agentsToken })).status).toBe(403);
  });
});

describe("403: a key of one workspace, whatever else it may", () => {
  const server = useServer({ settings: { workspaces: [{ id: "team" }] } });

  test.each([...reads, ...writes])("%s", async (id) => {
    const { secret: token } = (await server.call("createKey", { json: { label: "Team's", scopes: ["admin"], workspaces: ["team"] } })).json(201);
    const answer = await server.call(id, { token, ...(writes.some((write) => write === id) && { json: { logging: { level: "debug" } } }) });
    expect([answer.status, answer.text]).toEqual([403, expect.stringContaining("bound to")]);
  });
});

describe("503: a gateway whose settings are another program's", () => {
  const server = useServer({ source: undefined });

  test.each([...reads, ...writes])("%s", async (id) => {
    const answer = await server.call(id, writes.some((write) => write === id) ? { json: {} } : {});
    expect(answer.status, answer.text).toBe(503);
  });
});
