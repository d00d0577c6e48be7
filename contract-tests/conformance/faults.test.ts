import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { OperationId } from "../../server/conformance/contract.ts";
import { rules, type Rule } from "../../server/conformance/rules.ts";
import type { CheckName } from "../../server/conformance/trials.ts";
import { conformanceOf, useConformingServer } from "./gateway.ts";
import { startProxy, type PlantedFault, type ProxiedAnswer, type ProxiedRequest } from "./proxy.ts";

// Our own gateway, with one thing made wrong in front of it: each must be found, by the check that is there for it, and nothing else.

const server = useConformingServer();

interface Planted extends PlantedFault {
  name: string;
  operation: OperationId;
  check: CheckName;
  rule: Rule;
}

type Json = Record<string, never> & { [name: string]: Json };

/** Changes the JSON of answers with this status to requests that fit. */
const inJson = (status: number, fits: (request: ProxiedRequest) => boolean, change: (body: Json) => unknown) => (answer: ProxiedAnswer, request: ProxiedRequest) => {
  if (answer.status === status && fits(request) && answer.body !== "") answer.body = JSON.stringify(change(JSON.parse(answer.body) as Json));
};

const at = (method: string, path: RegExp) => (request: ProxiedRequest) => request.method === method && path.test(request.path.split("?")[0]!);

/** Changes the frames of streams that fit. */
const inFrames = (fits: (request: ProxiedRequest) => boolean, change: (frames: string[]) => string[]) => (answer: ProxiedAnswer, request: ProxiedRequest) => {
  if (answer.headers["content-type"]?.startsWith("text/event-stream") !== true || !fits(request)) return;
  answer.body = change(answer.body.split("\n\n").filter((frame) => frame !== "")).map((frame) => `${frame}\n\n`).join("");
};

const isNew = (request: ProxiedRequest) => !("last-event-id" in request.headers);

const planted: Planted[] = [
  { name: "a field that is missing", operation: "listAgents", check: "examples", rule: "schema", answer: inJson(200, at("GET", /\/agents$/), ({ agents, ...rest }) => ({ ...rest, agents: (agents as unknown as Json[]).map(({ name: _, ...agent }) => agent) })) },
  { name: "a field of the wrong type", operation: "getRun", check: "examples", rule: "schema", answer: inJson(200, at("GET", /\/runs\/[^/]+$/), (run) => ({ ...run, createdAt: 1 })) },
  { name: "a field that nobody documented", operation: "getAgent", check: "examples", rule: "schema", answer: inJson(200, at("GET", /\/agents\/[^/]+$/), (agent) => ({ ...agent, internal: true })) },
  { name: "400 for an unknown id", operation: "getSession", check: "unknown ids", rule: "status", answer: (answer) => void (answer.status === 404 && ((answer.status = 400), (answer.body = answer.body.replace('"status":404', '"status":400')))) },
  { name: "the error of another family", operation: "listTools", check: "authentication", rule: "error-face", answer: inJson(401, () => true, ({ error }) => ({ error: "unauthorized", message: error!["message"], status: 401, details: {}, requestId: "req_1" })) },
  { name: "201 for a body that does not fit", operation: "createMemory", check: "refusals", rule: "status", request: (request) => void (request.body = request.body.replace(',"notInTheContract":true', "")) },
  { name: "no X-Request-Id", operation: "getStatus", check: "examples", rule: "headers", answer: (answer) => void delete answer.headers["x-request-id"] },
  { name: "a stream with two ends", operation: "streamChat", check: "streams", rule: "event-order", answer: inFrames((request) => at("POST", /\/chat\/stream$/)(request) && isNew(request), (frames) => [...frames, frames.at(-1)!.replace(/^id: (.*)$/m, "id: $19")]) },
  { name: "a stream whose ids go backwards", operation: "streamMessage", check: "streams", rule: "event-ids", answer: inFrames((request) => at("POST", /\/messages\/stream$/)(request) && isNew(request), ([first, second, ...rest]) => [first!.replace(/^id: .*$/m, second!.match(/^id: .*$/m)![0]), second!.replace(/^id: .*$/m, first!.match(/^id: .*$/m)![0]), ...rest]) },
  { name: "a stream that doubles an event when it is taken up", operation: "streamRunEvents", check: "streams", rule: "resumption", request: (request) => void (request.headers["last-event-id"] = (request.headers["last-event-id"] ?? "").replace(/:(\d+)$/, (_, number: string) => `:${Math.max(Number(number) - 1, 1)}`)) },
  { name: "an event with a field that nobody documented", operation: "streamChatByQuery", check: "streams", rule: "event-schema", answer: inFrames(() => true, (frames) => frames.map((frame) => frame.replace('data: {"type":"start"', 'data: {"type":"start","internal":1'))) },
  { name: "events with names", operation: "createChatCompletion", check: "streams", rule: "framing", answer: inFrames(at("POST", /\/completions$/), (frames) => frames.map((frame) => `event: chunk\n${frame}`)) },
  { name: "the wrong media type", operation: "listModels", check: "examples", rule: "media-type", answer: (answer, request) => void (answer.status === 200 && at("GET", /\/v1\/models$/)(request) && (answer.headers["content-type"] = "text/html; charset=utf-8")) },
  { name: "403 for a missing token", operation: "listWebhooks", check: "authentication", rule: "status", answer: (answer) => void (answer.status === 401 && ((answer.status = 403), (answer.body = answer.body.replace('"status":401', '"status":403')))) },
  { name: "a page that has an item of the page before", operation: "listWorkspaces", check: "paging", rule: "paging", answer: doublesAnItem() },
  { name: "an Idempotency-Key that is passed over", operation: "createWorkspace", check: "idempotency", rule: "idempotency", request: (request) => void (request.headers["idempotency-key"] && delete request.headers["idempotency-key"]) },
  { name: "a refusal that does not say what is wrong", operation: "searchMemory", check: "refusals", rule: "error-field", answer: inJson(400, () => true, (error) => ({ ...error, message: "Bad.", details: {} })) },
  { name: "a code that is another one each time", operation: "getCronJob", check: "unknown ids", rule: "error-code", answer: inJson(404, () => true, (error) => ({ ...error, error: "unprocessable" })) },
  { name: "an error that names another request", operation: "getWebhook", check: "unknown ids", rule: "error-head", answer: inJson(404, () => true, (error) => ({ ...error, requestId: "req_other" })) },
  { name: "405 without Allow", operation: "getOwnKey", check: "methods", rule: "methods", answer: (answer) => void delete answer.headers["allow"] },
  { name: "an answer that never comes", operation: "getMemoryStats", check: "examples", rule: "answer", answer: async (_, request) => void (at("GET", /\/memory\/stats$/)(request) && "authorization" in request.headers && request.method === "GET" && (await sleep(3000))) },
  { name: "no WebSocket", operation: "openSocket", check: "websocket", rule: "websocket" },
];

function doublesAnItem(): NonNullable<PlantedFault["answer"]> {
  let last: Json | undefined;
  return inJson(200, (request) => /\/workspaces\?.*limit=/.test(request.path), (page) => {
    const items = page["workspaces"] as unknown as Json[];
    const shown = last && !items.some(({ id }) => id === last!["id"]) ? [last, ...items.slice(1)] : items;
    last = page["nextCursor"] === undefined ? undefined : items.at(-1);
    return { ...page, workspaces: shown };
  });
}

test.concurrent.each(planted)("$name", async ({ operation, check, rule, request, answer }) => {
  const proxy = await startProxy(server.gateway.url, { ...(request && { request }), ...(answer && { answer }) });
  try {
    const { outcomes } = await conformanceOf(proxy.url, [operation], rule === "answer" ? { timeoutMs: 400 } : {});
    const failed = outcomes.filter(({ outcome }) => outcome === "failed");
    const found = failed.flatMap((outcome) => outcome.faults.map((fault) => `${outcome.check}: ${fault.rule}`));
    expect(found, JSON.stringify(failed.slice(0, 3), null, 1)).toContain(`${check}: ${rule}`);
    expect([...new Set(failed.map(({ operationId }) => operationId))]).toEqual([operation]);
    // No other rule is blamed.
    expect([...new Set(failed.flatMap(({ faults }) => faults.map((fault) => fault.rule)))], JSON.stringify(failed.slice(0, 3), null, 1)).toEqual([rule]);
  } finally {
    await proxy.close();
  }
});

test("a proxy without a fault fails nothing", async () => {
  const proxy = await startProxy(server.gateway.url, {});
  const { outcomes } = await conformanceOf(proxy.url, planted.map(({ operation }) => operation).filter((id) => id !== "openSocket"));
  await proxy.close();
  expect(outcomes.filter(({ outcome }) => outcome === "failed")).toEqual([]);
});

test("each rule is planted", () => {
  expect(Object.keys(rules).filter((rule) => !planted.some((one) => one.rule === rule))).toEqual([]);
});
