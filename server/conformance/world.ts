import { answerFaults } from "./answer-faults.ts";
import type { Call, CallRequest } from "./caller.ts";
import { isAllowed, operationOf, type Operation, type OperationId } from "./contract.ts";
import { freshId } from "./own-ids.ts";
import { said, Skipped } from "./trials.ts";

/** What tests need to be there: objects of their own, and what the server has anyway. */
export interface World {
  /** Ids for a path: of own objects, shared with other tests; or `fresh` ones, to be ended by the test. Throws Skipped where there is none. */
  path(operation: Operation, fresh?: boolean): Promise<Record<string, string>>;
  /** A body of the contract's examples with names in it that this server knows, and ids of its own. */
  fit(operation: Operation, example: unknown, fresh?: boolean): Promise<unknown>;
  agent(): Promise<string>;
  workspace(fresh?: boolean): Promise<string>;
  /** A run that has ended. */
  run(): Promise<string>;
  /** Makes one more of what a list lists, for a list with too few in it. False where that cannot be done. */
  add(list: OperationId): Promise<boolean>;
  /** A tool that does no harm, with input for it. */
  tool(): Promise<{ name: string; params: Record<string, unknown> }>;
}

/** `permissions` are the key's; null where the server does not tell them. */
export function createWorld(call: Call, permissions: readonly string[] | null): World {
  const shared = new Map<string, Promise<string>>();

  /** The body of a call that must go well. */
  async function have(id: OperationId, request: CallRequest, what: string): Promise<Record<string, unknown>> {
    if (!isAllowed(operationOf(id), permissions)) throw new Skipped(`no ${what} is at hand: the key lacks \`${operationOf(id).permission}\``);
    const exchange = await call(id, request).catch((error: Error) => error);
    if (exchange instanceof Error) throw new Skipped(`no ${what} is at hand: ${id}: ${exchange.message}`);
    if (exchange.status >= 300) throw new Skipped(`no ${what} is at hand: ${id} answered ${exchange.status}${said(exchange)}`);
    const runId = exchange.headers.get("X-Run-Id");
    if (exchange.mediaType === "text/event-stream" && runId !== null) return { runId };
    const [fault] = answerFaults(exchange);
    if (fault) throw new Skipped(`no ${what} is at hand: what ${id} answered is off the contract: ${fault.expected}`);
    return JSON.parse(exchange.text) as Record<string, unknown>;
  }

  async function make(id: OperationId, changes: object, what: string): Promise<string> {
    const operation = operationOf(id);
    const json = { ...((await world.fit(operation, Object.values(operation.body?.examples ?? {})[0])) as object), ...changes };
    return String((await have(id, { json }, what))["id"]);
  }

  async function first(id: OperationId, member: string, name: string, what: string): Promise<string> {
    const [found] = (await have(id, {}, what))[member] as Record<string, string>[];
    if (!found) throw new Skipped(`no ${what} is at hand: ${id} lists none`);
    return found[name]!;
  }

  const makers: Record<string, () => Promise<string>> = {
    agent: () => first("listAgents", "agents", "id", "agent"),
    model: () => first("listOpenaiModels", "data", "id", "model"),
    workspace: () => make("createWorkspace", {}, "workspace"),
    key: () => make("createKey", {}, "key"),
    job: () => make("createCronJob", {}, "cron job"),
    memory: () => make("createMemory", {}, "memory"),
    webhook: () => make("createWebhook", {}, "webhook"),
    // To send again takes a webhook that is enabled; hardly anything is told to one of errors alone.
    "enabled webhook": () => make("createWebhook", { enabled: true, events: ["error.agent"] }, "webhook"),
    session: async () => {
      const sessionId = freshId();
      await have("chat", { json: { agentId: await world.agent(), sessionId, message: "Hello" } }, "session");
      return sessionId;
    },
    run: async () => String((await have("streamChat", { json: { agentId: await world.agent(), message: "Hello" } }, "run"))["runId"]),
  };

  function get(kind: string, fresh = false): Promise<string> {
    const known = shared.get(kind);
    if (known && !fresh) return known;
    const making = makers[kind]!();
    if (!fresh) shared.set(kind, making);
    // Whoever waits for it is told.
    making.catch(() => {});
    return making;
  }

  const world: World = {
    agent: () => get("agent"),
    workspace: (fresh) => get("workspace", fresh),
    run: () => get("run"),

    async path(operation, fresh = false) {
      const ids: Record<string, string> = {};
      for (const { name, in: place, examples } of operation.parameters) {
        if (place !== "path") continue;
        const kind = kindOf(operation, name);
        if (kind === "tool") ids[name] = (await world.tool()).name;
        else if (kind in makers) ids[name] = await get(kind, fresh && kind !== "agent" && kind !== "model");
        else if (kind === "example") ids[name] = String(examples[0]);
        else throw new Skipped(`no ${kind} is at hand`);
      }
      return ids;
    },

    async fit({ operationId }, example, fresh) {
      if (typeof example !== "object" || example === null) return example;
      const fitted: Record<string, unknown> = { ...example, ...kept[operationId] };
      for (const name in fitted) {
        const value = await replacement(name, fresh);
        if (value === null) delete fitted[name];
        else if (value !== undefined) fitted[name] = value.value;
      }
      if (operationId === "createKey" && permissions) fitted["permissions"] = (fitted["permissions"] as string[]).filter((permission) => permissions.includes(permission));
      if (operationId === "invokeTool") fitted["params"] = await world.tool().then(({ params }) => params, () => fitted["params"]);
      return fitted;
    },

    async add(list) {
      const kind = listed[list];
      return kind === undefined ? false : get(kind, true).then(() => true, () => false);
    },

    async tool() {
      const { tools } = (await have("listTools", {}, "tool")) as { tools: { name: string }[] };
      const [name, params] = Object.entries(harmlessTools).find(([known]) => tools.some((tool) => tool.name === known)) ?? [];
      if (!name || !params) throw new Skipped(`no tool that is known to do no harm is at hand: ${Object.keys(harmlessTools).join(", ")}`);
      return { name, params };
    },
  };

  /** What stands in an example for something that this server may not have; null for what is left out. */
  async function replacement(name: string, fresh?: boolean): Promise<{ value: unknown } | null | undefined> {
    const orNone = (value: Promise<unknown>) => value.then((found) => ({ value: found }), () => null);
    if (name === "agentId" || name === "agent") return orNone(world.agent());
    if (name === "model") return (await orNone(get("model"))) ?? undefined;
    if (name === "workspace") return orNone(world.workspace(fresh));
    if (name === "workspaces") return orNone(world.workspace().then((id) => [id]));
    if (["id", "sessionId", "conversationId", "conversation_id"].includes(name)) return { value: freshId() };
    return name === "skills" ? null : undefined;
  }

  return world;
}

const harmlessTools: Record<string, Record<string, unknown>> = { calculate: { expression: "1 + 1" }, now: {} };

/** What is made does nothing by itself. */
const kept: Partial<Record<OperationId, object>> = { createWebhook: { enabled: false }, createCronJob: { enabled: false } };

/** What the tests can make of what a list lists. */
const listed: Partial<Record<OperationId, string>> = {
  listSessions: "session",
  listAgentSessions: "session",
  listConversations: "session",
  listPlainSessions: "session",
  listWorkspaces: "workspace",
  listKeys: "key",
  listCronJobs: "job",
  listPlainCronJobs: "job",
  listMemories: "memory",
  listWebhooks: "webhook",
};

const kinds: Record<string, string> = {
  agentId: "agent",
  sessionId: "session",
  workspaceId: "workspace",
  runId: "run",
  jobId: "job",
  webhookId: "webhook",
  keyId: "key",
  memoryId: "memory",
  model: "model",
  deliveryId: "delivery",
  callId: "call that waits for approval",
};

/** What a path's parameter names. */
function kindOf({ operationId, path }: Operation, name: string): string {
  if (operationId === "replayWebhook") return "enabled webhook";
  if (name === "id") return path.startsWith("/api/cron/") ? "job" : "session";
  if (name === "name") return path.startsWith("/api/tools/") ? "tool" : "skill of its own";
  return kinds[name] ?? "example";
}

/** The path of an operation whose ids are nobody's. */
export function unknownPath({ parameters }: Operation): Record<string, string> {
  return Object.fromEntries(parameters.filter((parameter) => parameter.in === "path").map(({ name }) => [name, name === "name" ? "conformance-none" : freshId()]));
}
