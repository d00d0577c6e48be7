import { describe, expect, test } from "vitest";
import type { OperationId } from "./operations.ts";
import type { CallRequest, Target } from "./target.ts";
import { describeTargets } from "./targets.ts";

// One kind of session, four editions: the same behaviour, under each edition's names.

interface Edition {
  list: "listSessions" | "listAgentSessions" | "listConversations" | "listPlainSessions";
  get: "getSession" | "getAgentSession" | "getConversation" | "getPlainSession";
  delete: "deleteSession" | "deleteAgentSession" | "deleteConversation" | "deletePlainSession";
  path(sessionId: string): Record<string, string>;
  listPath: Record<string, string>;
}

const editions: Record<string, Edition> = {
  workspaces: { list: "listSessions", get: "getSession", delete: "deleteSession", path: (sessionId) => ({ sessionId }), listPath: {} },
  agents: { list: "listAgentSessions", get: "getAgentSession", delete: "deleteAgentSession", path: (sessionId) => ({ agentId: "my-agent", sessionId }), listPath: { agentId: "my-agent" } },
  conversations: { list: "listConversations", get: "getConversation", delete: "deleteConversation", path: (id) => ({ id }), listPath: {} },
  plain: { list: "listPlainSessions", get: "getPlainSession", delete: "deletePlainSession", path: (id) => ({ id }), listPath: {} },
};

describeTargets((target) => {
  describe.each(Object.entries(editions))("the %s edition", (_name, edition) => {
    test("200: lists sessions", async () => {
      await target.makeSession();
      const body = (await target.call(edition.list, { path: edition.listPath, query: { limit: 5 } })).json(200);
      expect(Object.values(body)[0]).toContainEqual(expect.objectContaining({ id: expect.any(String), messageCount: expect.any(Number) }));
    });

    test("200: answers a session with its messages, oldest first", async () => {
      const sessionId = await target.makeSession();
      const { messages, messageCount } = (await target.call(edition.get, { path: edition.path(sessionId) })).json(200);
      expect(messages.map(({ role }) => role)).toEqual(["user", "assistant"]);
      expect(messageCount).toBe(2);
    });

    test("204: deletes a session", async () => {
      const path = edition.path(await target.makeSession());
      const answer = await target.call(edition.delete, { path });
      expect([answer.status, answer.text]).toEqual([204, ""]);
      (await target.call(edition.get, { path, mock: { status: 404 } })).json(404);
    });

    test("400: refuses what is no id, and a page that cannot be", async () => {
      const path = edition.path("no id");
      (await target.call(edition.get, { path })).json(400);
      (await target.call(edition.delete, { path })).json(400);
      for (const limit of [0, 101, "x"]) (await target.call(edition.list, { path: edition.listPath, query: { limit } })).json(400);
      (await target.call(edition.list, { path: edition.listPath, query: { cursor: "not-a-cursor" }, mock: { status: 400 } })).json(400);
    });

    test("404: does not know a session that is not there", async () => {
      const request: CallRequest = { path: edition.path("nobody"), mock: { status: 404 } };
      (await target.call(edition.get, request)).json(404);
      (await target.call(edition.delete, request)).json(404);
    });
  });

  describe("GET /api/v1/sessions", () => {
    test("200: of one workspace, of one user", async () => {
      (await target.call("listSessions", { query: { workspace: "default", userId: "somebody" } })).json(200);
    });

    test("404: does not know a workspace that is not there", async () => {
      (await target.call("listSessions", { query: { workspace: "nowhere" }, mock: { status: 404 } })).json(404);
    });
  });

  describe("GET /api/v1/sessions/{sessionId}/history", () => {
    test("200: answers a page of the messages", async () => {
      const path = { sessionId: await target.makeSession() };
      expect((await target.call("getSessionHistory", { path })).json(200)).toMatchObject({ total: 2, limit: 20, offset: 0 });
    });

    test("400 and 404", async () => {
      (await target.call("getSessionHistory", { path: { sessionId: "nobody" }, query: { offset: -1 } })).json(400);
      (await target.call("getSessionHistory", { path: { sessionId: "nobody" }, mock: { status: 404 } })).json(404);
    });
  });

  describe("DELETE /api/v1/sessions", () => {
    test("200: answers how many it has deleted", async () => {
      expect((await target.call("deleteSessions", { query: { workspace: "team" } })).json(200).deleted).toBeGreaterThanOrEqual(0);
    });

    test("400: wants a workspace", async () => {
      (await target.call("deleteSessions", {})).json(400);
    });

    test("404: does not know a workspace that is not there", async () => {
      (await target.call("deleteSessions", { query: { workspace: "nowhere" }, mock: { status: 404 } })).json(404);
    });
  });

  describe("POST /api/v1/agents/{agentId}/sessions/{sessionId}/clear", () => {
    test("200: keeps the session and answers it", async () => {
      const sessionId = await target.makeSession();
      expect((await target.call("clearAgentSession", { path: { agentId: "my-agent", sessionId } })).json(200)).toMatchObject({ agentId: "my-agent" });
    });

    test("400 and 404", async () => {
      await refuses(target, "clearAgentSession", { agentId: "my-agent", sessionId: "no id" }, 400);
      await refuses(target, "clearAgentSession", { agentId: "my-agent", sessionId: "nobody" }, 404);
    });
  });

  test("404: an agent that is not there has no sessions", async () => {
    await refuses(target, "listAgentSessions", { agentId: "nobody" }, 404);
    for (const id of ["getAgentSession", "deleteAgentSession", "clearAgentSession"] as const) {
      await refuses(target, id, { agentId: "nobody", sessionId: "session-001" }, 404);
    }
  });
});

async function refuses(target: Target, id: OperationId, path: Record<string, string>, status: number): Promise<void> {
  const answer = await target.call(id, { path, mock: { status } });
  expect(answer.status, answer.text).toBe(status);
}
