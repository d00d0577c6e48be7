import { setTimeout as sleep } from "node:timers/promises";
import type { OperationId } from "../../server/conformance/contract.ts";
import type { Rule } from "../../server/conformance/rules.ts";
import type { CheckName } from "../../server/conformance/trials.ts";
import type { PlantedFault, ProxiedAnswer, ProxiedRequest } from "./proxy.ts";

export interface Planted extends PlantedFault {
  name: string;
  /** The only operation that is tested. */
  operation: OperationId;
  /** Which check must find it, by which rule. */
  check: CheckName;
  rule: Rule;
}

/** What a server may do wrong: one thing each. */
export const planted: readonly Planted[] = [
  {
    name: "a field that is missing",
    operation: "listAgents", check: "examples", rule: "schema",
    answer: inJson(200, (body) => ({ ...body, agents: body.agents.map((agent: Json) => ({ ...agent, name: undefined })) })),
  },
  {
    name: "a field of the wrong type",
    operation: "getRun", check: "examples", rule: "schema",
    answer: inJson(200, (body, { path }) => (/\/runs\/[^/]+$/.test(path) ? { ...body, createdAt: 1 } : body)),
  },
  {
    name: "a field that nobody documented",
    operation: "getAgent", check: "examples", rule: "schema",
    answer: inJson(200, (body, { path }) => (/\/agents\/[^/]+$/.test(path) ? { ...body, internal: true } : body)),
  },
  { name: "400 for an unknown id", operation: "getSession", check: "unknown ids", rule: "status", answer: withStatus(404, 400) },
  { name: "403 for a missing token", operation: "listWebhooks", check: "authentication", rule: "status", answer: withStatus(401, 403) },
  {
    name: "201 for a body that does not fit",
    operation: "createMemory", check: "refusals", rule: "status",
    request: (request) => void (request.body = request.body.replace(',"notInTheContract":true', "")),
  },
  {
    name: "the error of another family",
    operation: "listTools", check: "authentication", rule: "error-face",
    answer: inJson(401, ({ error }) => ({ error: "unauthorized", message: error.message, status: 401, details: {}, requestId: "req_1" })),
  },
  {
    name: "a refusal that does not say what is wrong",
    operation: "searchMemory", check: "refusals", rule: "error-field",
    answer: inJson(400, (body) => ({ ...body, message: "Bad.", details: {} })),
  },
  {
    name: "a refusal whose paths are no JSON Pointers",
    operation: "searchMemory", check: "refusals", rule: "error-field",
    answer: inJson(400, (body) => ({ ...body, details: { errors: body.details.errors.map((fault: Json) => ({ ...fault, path: fault.path.slice(1).replaceAll("/", ".") })) } })),
  },
  {
    name: "a code for something else",
    operation: "getCronJob", check: "unknown ids", rule: "error-code",
    answer: inJson(404, (body) => ({ ...body, error: "unprocessable" })),
  },
  {
    name: "an error that names another request",
    operation: "getWebhook", check: "unknown ids", rule: "error-head",
    answer: inJson(404, (body) => ({ ...body, requestId: "req_other" })),
  },
  { name: "no X-Request-Id", operation: "getStatus", check: "examples", rule: "headers", answer: (answer) => void delete answer.headers["x-request-id"] },
  {
    name: "the wrong media type",
    operation: "listModels", check: "examples", rule: "media-type",
    answer: (answer, { path }) => void (answer.status === 200 && path.startsWith("/api/v1/models") && (answer.headers["content-type"] = "text/html; charset=utf-8")),
  },
  {
    name: "a stream with two ends",
    operation: "streamChat", check: "streams", rule: "event-order",
    answer: inFrames((frames) => [...frames, frames.at(-1)!.replace(/^id: (.*)$/m, "id: $19")]),
  },
  {
    name: "a stream whose ids go backwards",
    operation: "streamMessage", check: "streams", rule: "event-ids",
    answer: inFrames((frames) => frames.map((frame, index) => frame.replace(/^id: .*$/m, /^id: .*$/m.exec(frames.at(-1 - index)!)![0]))),
  },
  {
    name: "a stream that doubles an event when it is taken up",
    operation: "streamRunEvents", check: "streams", rule: "resumption",
    request: ({ headers }) => void (headers["last-event-id"] = (headers["last-event-id"] ?? "").replace(/\d+$/, (number) => `${Math.max(Number(number) - 1, 1)}`)),
  },
  {
    name: "an event with a field that nobody documented",
    operation: "streamChatByQuery", check: "streams", rule: "event-schema",
    answer: inFrames((frames) => frames.map((frame) => frame.replace('{"type":"start"', '{"type":"start","internal":1'))),
  },
  {
    name: "events with names",
    operation: "createChatCompletion", check: "streams", rule: "framing",
    answer: inFrames((frames) => frames.map((frame) => `event: chunk\n${frame}`)),
  },
  { name: "a page that has an item of the page before", operation: "listWorkspaces", check: "paging", rule: "paging", answer: doublesAnItem() },
  {
    name: "a list whose pages have no end",
    operation: "listMemories", check: "paging", rule: "paging",
    answer: inJson(200, (body, { path }) => (path.includes("cursor=") ? { ...body, memories: [], nextCursor: new URLSearchParams(path.split("?")[1]).get("cursor") } : body)),
  },
  {
    name: "a delete that deletes nothing",
    operation: "deleteWebhook", check: "examples", rule: "status",
    request: (request) => void (request.method === "DELETE" && Object.assign(request, { method: "GET", headers: { ...request.headers, "x-was": "DELETE" } })),
    answer(answer, { headers }) {
      if (headers["x-was"] !== "DELETE" || answer.status !== 200) return;
      const { "content-type": _, ...others } = answer.headers;
      Object.assign(answer, { status: 204, headers: others, body: "" });
    },
  },
  {
    name: "an Idempotency-Key that is passed over",
    operation: "createWorkspace", check: "idempotency", rule: "idempotency",
    // One that is no key is refused all the same.
    request: ({ headers }) => void (/^[!-~]{1,255}$/.test(headers["idempotency-key"] ?? "") && delete headers["idempotency-key"]),
  },
  { name: "405 without Allow", operation: "getOwnKey", check: "methods", rule: "methods", answer: (answer) => void delete answer.headers["allow"] },
  {
    name: "an answer that comes too late",
    operation: "getMemoryStats", check: "examples", rule: "answer",
    answer: async (answer, { path, method }) => void (answer.status === 200 && method === "GET" && path === "/api/v1/memory/stats" && (await sleep(2000))),
  },
  // The proxy lets none through.
  { name: "no WebSocket", operation: "openSocket", check: "websocket", rule: "websocket" },
];

// oxlint-disable-next-line typescript/no-explicit-any -- faults are put into bodies of all shapes
type Json = any;

type ChangeAnswer = (answer: ProxiedAnswer, request: ProxiedRequest) => void;

/** Changes the JSON of answers with this status. */
function inJson(status: number, change: (body: Json, request: ProxiedRequest) => unknown): ChangeAnswer {
  return (answer, request) => {
    if (answer.status === status && answer.headers["content-type"]?.startsWith("application/json") && answer.body !== "" && !isOfTheKey(request)) answer.body = JSON.stringify(change(JSON.parse(answer.body), request));
  };
}

/** What the tests ask before all others. */
const isOfTheKey = ({ path, headers }: ProxiedRequest) => path === "/api/v1/keys/self" && "authorization" in headers;

function withStatus(from: number, to: number): ChangeAnswer {
  return (answer) => {
    if (answer.status !== from) return;
    answer.status = to;
    answer.body = answer.body.replace(`"status":${from}`, `"status":${to}`);
  };
}

/** Changes the frames of streams from their beginning. */
function inFrames(change: (frames: string[]) => string[]): ChangeAnswer {
  return (answer, { headers }) => {
    if (!answer.headers["content-type"]?.startsWith("text/event-stream") || "last-event-id" in headers) return;
    answer.body = change(answer.body.split("\n\n").slice(0, -1)).map((frame) => `${frame}\n\n`).join("");
  };
}

function doublesAnItem(): ChangeAnswer {
  let last: Json;
  return inJson(200, (page, { path }) => {
    if (!/\/workspaces\?.*limit=/.test(path)) return page;
    const items: Json[] = page.workspaces;
    const shown = last === undefined || items.some(({ id }) => id === last.id) ? items : [last, ...items.slice(1)];
    last = page.nextCursor === undefined ? undefined : items.at(-1);
    return { ...page, workspaces: shown };
  });
}
