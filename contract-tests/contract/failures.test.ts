import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import type { CheckAnswer } from "../../server/http/mount.ts";
import { scriptedPlatform } from "../fakes/scripted-connector.ts";
import { exampleRequest } from "./example-request.ts";
import { errorOf, expectNothingInternal } from "./error-of.ts";
import { isPlatformCallback, operations, type OperationId } from "./operations.ts";
import { openBeside } from "./running-run.ts";
import type { CallRequest } from "./target.ts";
import { useServer } from "./targets.ts";

// What no caller can bring about: the gateway's own parts fail, or it stops. Every operation of the contract, one by one.

const ours = operations.filter((operation) => !isPlatformCallback(operation));

function expectFace(id: OperationId, text: string, code: string): void {
  const found = errorOf(JSON.parse(text));
  const { face } = operations.find((operation) => operation.id === id)!;
  expect([found.face, found.code]).toEqual([face, face === "plain" ? code.toUpperCase() : code]);
  expectNothingInternal(text);
}

describe("500: a crash behind the handler", () => {
  // The last step before an answer goes out is the one that tests can put a fault into.
  const checkAnswer: CheckAnswer = () => {
    throw new Error("a fault planted in /tmp/secret.ts");
  };
  // Not an option of the harness's, but one that it hands on.
  const faulty = { env: {}, checkAnswer, connectors: scriptedPlatform().connectors, settings: { channels: { telegram: { botToken: "123:abc" } } } };
  const server = useServer(faulty);
  const answering = ours.filter(({ method, path, id }) => method === "GET" && !path.includes("{") && id !== "streamChatByQuery");

  test.each(answering)("$id", async ({ id }) => {
    const answer = await server.call(id, exampleRequest(id));
    expect(answer.status, answer.text).toBe(500);
    expectFace(id, answer.text, "internal_error");
  });

  test.each(["replaceSettings", "updatePlainSettings"] as const)("%s", async (id) => {
    const json: unknown = JSON.parse(readFileSync(join(server.gateway.stateDir, "settings.json"), "utf8"));
    const answer = await server.call(id, { json });
    expect(answer.status, answer.text).toBe(500);
    expectFace(id, answer.text, "internal_error");
  });

  test.each(["sendToChannel", "sendPlainMessage"] as const)("%s", async (id) => {
    // The channel is connected a moment after the start.
    const answer = await vi.waitFor(async () => {
      const sent = await server.call(id, exampleRequest(id));
      expect(sent.status, sent.text).toBe(500);
      return sent;
    });
    expectFace(id, answer.text, "internal_error");
  });

  test("invokeTool", async () => {
    const answer = await server.call("invokeTool", { path: { name: "calculate" }, json: { params: { expression: "1 + 1" } } });
    expect(answer.status, answer.text).toBe(500);
    expectFace("invokeTool", answer.text, "internal_error");
  });

  test.each(["getAgent", "listAgentTools", "getOpenaiModel", "getPage", "getPageOfObject", "getPageFile"] as const)("%s", async (id) => {
    const answer = await server.call(id, { path: { agentId: "main", model: "gpt-5", page: "chat", object: "sess_1", file: "icon.svg" } });
    expect(answer.status, answer.text).toBe(500);
    expectFace(id, answer.text, "internal_error");
  });

  test.each(["getDocsPage", "getDocsFile"] as const)("%s", async (id) => {
    const answer = await server.call(id, exampleRequest(id));
    expect(answer.status, answer.text).toBe(500);
    expectFace(id, answer.text, "internal_error");
  });
});

describe("500: a store that is broken", () => {
  const server = useServer();
  const talking = ours.filter(({ bodySchemas, group }) => bodySchemas && !["Settings", "Skills", "Tools", "Channels"].includes(group));
  const storing = operations.filter(({ id, path, bodySchemas }) => (!bodySchemas && /sessions|conversations|runs|workspaces|cron|webhooks|memory|stats|keys(?!\/self)/.test(path)) || id === "getPlainStatus" || id === "streamChatByQuery");

  test.each([...talking, ...storing])("$id", async ({ id }) => {
    breakStore();
    const request: CallRequest = exampleRequest(id);
    // OpenAI's face wants a model, and knows no other than the provider's.
    const json = id === "createChatCompletion" ? { ...(request.json as object), model: "gpt-5-mini" } : request.json;
    // Nothing that a prune asks for is required, but something is.
    const query = { ...request.query, ...(id === "pruneMemory" && { keep: 1 }) };
    const answer = await server.call(id, { ...request, query, json });
    expect(answer.status, answer.text).toBe(500);
    expectFace(id, answer.text, "internal_error");
  });

  test("and the server still answers what needs no store", async () => {
    breakStore();
    (await server.call("getLiveness")).json(200);
    (await server.call("listAgents")).json(200);
  });

  function breakStore(): void {
    const database = openBeside(server);
    const tables = ["messages", "runs", "sessions", "workspaces", "keys", "memories", "memory_index", "cron_jobs", "cron_clocks", "cron_runs", "webhooks", "webhook_deliveries", "usage_days", "usage_user_days"];
    database.exec(["PRAGMA foreign_keys = OFF", ...tables.map((table) => `DROP TABLE IF EXISTS ${table}`)].join("; "));
    database.close();
  }
});

describe("while it stops", () => {
  const server = useServer();
  const alive = new Set<OperationId>(["getHealth", "getLiveness"]);
  const drain = () => server.gateway.running.gateway.health.setLifecycle("draining");

  test.each(operations.filter(({ id }) => !alive.has(id)))("503: $id", async ({ id }) => {
    drain();
    const answer = await server.call(id, exampleRequest(id));
    expect(answer.status, answer.text).toBe(503);
    expect(Number(answer.headers.get("Retry-After"))).toBeGreaterThan(0);
    expectFace(id, answer.text, "service_unavailable");
  });

  test.each([...alive])("200: %s", async (id) => {
    drain();
    expect((await server.call(id, { token: null })).status).toBe(200);
  });
});
