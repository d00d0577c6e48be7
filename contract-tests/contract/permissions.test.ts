import { beforeAll, describe, expect, test } from "vitest";
import { keyPermissions } from "../../generated/server/settings.ts";
import { errorOf } from "./error-of.ts";
import { exampleRequest } from "./example-request.ts";
import { isPlatformCallback, operations, type OperationId } from "./operations.ts";
import type { CallRequest } from "./target.ts";
import { useServer } from "./targets.ts";

// Who may do what, for every operation that there is: what a key holds decides, and where.

const server = useServer({ settings: { workspaces: [{ id: "team" }, { id: "empty" }] } });
const wanting = operations.filter(({ permission }) => permission !== "none" && permission !== "any");

async function keyWith(given: object): Promise<string> {
  // Each asks for every operation there is, within a minute.
  return (await server.call("createKey", { json: { label: "Of the test", rateLimit: 10_000, ...given } })).json(201).secret;
}

/** Where the contract's example asks for more than the one permission that the operation wants. */
const modestRequests: Partial<Record<OperationId, CallRequest>> = { createKey: { json: { label: "Modest", permissions: [] } } };
const requestOf = (id: OperationId) => modestRequests[id] ?? exampleRequest(id);

describe("a key with one permission", () => {
  const tokens = new Map<string, string>();
  beforeAll(async () => {
    for (const permission of keyPermissions) tokens.set(permission, await keyWith({ permissions: [permission], rateLimit: 1000 }));
  });

  test.each(wanting)("$id wants $permission and no other", async ({ id, permission: wanted, face }) => {
    const admitted = await server.call(id, { ...requestOf(id), token: tokens.get(wanted)! });
    expect([401, 403], admitted.text).not.toContain(admitted.status);
    for (const [permission, token] of tokens) {
      if (permission === wanted) continue;
      const { status, text } = await server.call(id, { ...requestOf(id), token });
      expect(status, `with ${permission}: ${text}`).toBe(403);
      const { message, details } = errorOf(JSON.parse(text));
      expect(message).toContain(`\`${wanted}\``);
      // OpenAI's face has no details.
      expect(details).toEqual(face === "openai" ? {} : { permission: wanted });
    }
  });
});

test.each(operations)("a key with no permissions at all: $id", async (operation) => {
  const { id, permission } = operation;
  const { status, text } = await server.call(id, { ...requestOf(id), token: await keyWith({ permissions: [] }) });
  expect(status, text).toBe(isPlatformCallback(operation) ? 404 : permission === "none" || permission === "any" ? 200 : 403);
});

describe("a key that may everything in one workspace", () => {
  /** Things of another workspace, by the names of the path parameters that name them. */
  let foreign: Record<string, string>;
  let token: string;
  beforeAll(async () => {
    token = await keyWith({ scopes: ["admin"], workspaces: ["team"] });
    const sessionId = await server.makeSession();
    const { id: keyId } = (await server.call("createKey", { json: { label: "Foreign", workspaces: ["default"] } })).json(201);
    const { id: memoryId } = (await server.call("createMemory", { json: { text: "A foreign fact", workspace: "default" } })).json(201);
    // Under the session's id, since `{id}` is the name of both.
    const { id: jobId } = (await server.call("createCronJob", { json: { id: sessionId, everyMs: 86_400_000, message: "Foreign", workspace: "default" } })).json(201);
    const { id: webhookId } = (await server.call("createWebhook", { json: { url: "http://10.0.0.1/", events: ["session.started"], workspace: "default" } })).json(201);
    await server.makeSession();
    const deliveryId = (await server.call("listDeliveries", { path: { webhookId } })).json(200).deliveries[0]!.id;
    foreign = { sessionId, id: sessionId, webhookId, deliveryId, jobId, runId: await server.makeRun(), keyId, memoryId, workspaceId: "default" };
  });

  /** What belongs to no workspace. */
  const common: Record<string, string> = { agentId: "my-agent", model: "openai/gpt-5-mini", name: "calculate", callId: "call_1", page: "chat", object: "sess_1", file: "icon.svg" };
  const pathOf = (id: OperationId) => operations.find((operation) => operation.id === id)!.parameters.filter((parameter) => parameter.in === "path").map(({ name }) => name);
  const naming = operations.filter(({ id }) => pathOf(id).some((name) => !(name in common)));
  // The log rightly has what this key asked for above, by the names it gave; `logs.test.ts` tells whose requests a key sees.
  const reading = operations.filter(({ id, method }) => method === "GET" && id !== "listLogs" && pathOf(id).every((name) => name in common));

  test.each(naming)("404: $id finds nothing of another's", async ({ id }) => {
    for (const name of pathOf(id)) expect(name in common || name in foreign, `say in this test whose {${name}} is`).toBe(true);
    const answer = await server.call(id, { ...exampleRequest(id), path: { ...common, ...foreign }, token });
    expect(answer.status, answer.text).toBe(404);
  });

  test.each(reading)("$id shows nothing of another's", async ({ id }) => {
    const { query, path } = exampleRequest(id);
    // The log shows a key what it asked for itself, so this one has named nothing yet.
    const token = await keyWith({ scopes: ["admin"], workspaces: ["team"] });
    const { text } = await server.call(id, { ...(query && { query }), path: { ...path, ...common }, token });
    for (const name of ["sessionId", "runId", "keyId", "memoryId", "jobId", "webhookId", "deliveryId"]) expect(text).not.toContain(foreign[name]);
  });

  test("counts nothing of another's", async () => {
    expect((await server.call("getPlainStatus", { token: await keyWith({ scopes: ["admin"], workspaces: ["empty"] }) })).json(200).sessions).toBe(0);
    expect((await server.call("deleteSessions", { query: { workspace: "empty" }, token: await keyWith({ scopes: ["admin"], workspaces: ["empty"] }) })).json(200)).toEqual({ deleted: 0 });
    expect((await server.call("getSession", { path: { sessionId: foreign["sessionId"]! } })).json(200).messageCount).toBe(2);
  });
});
