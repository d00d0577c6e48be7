import { describe, expect, test } from "vitest";
import { describeOnBackends } from "../support/documented-gateway.ts";
import { aNumber, anInstant } from "../support/shapes.ts";
import { appKey, readOnlyKey, workspacesFile } from "./settings-file.ts";

describe("the workspaces document's sessions", () => {
  describeOnBackends(workspacesFile, (gateway) => {
    const headers = { Authorization: `Bearer ${appKey}`, "Content-Type": "application/json" };
    const call = (method: string, path: string, key = appKey): Promise<Response> =>
      fetch(`${gateway.url}/api/v1/sessions${path}`, { method, headers: { Authorization: `Bearer ${key}` } });
    const say = async (sessionId: string, message: string, workspace = "team"): Promise<void> => {
      const body = JSON.stringify({ workspace, userId: "api-user", message, sessionId });
      expect((await fetch(`${gateway.url}/api/v1/messages`, { method: "POST", headers, body })).status).toBe(200);
    };

    /** The document's session object, member by member. */
    const session = (id: string, messageCount: number) => ({
      id,
      workspace: "team",
      userId: "api-user",
      createdAt: anInstant,
      lastActiveAt: anInstant,
      messageCount,
      tokensUsed: aNumber,
      channel: "api",
    });

    test("are listed", async () => {
      await say("sess_listed", "one");
      const { sessions } = (await (await call("GET", "")).json()) as { sessions: object[] };
      expect(sessions).toContainEqual(session("sess_listed", 2));
    });

    test("are shown", async () => {
      await say("sess_shown", "one");
      const shown = await call("GET", "/sess_shown");
      expect(shown.status).toBe(200);
      expect(await shown.json()).toMatchObject(session("sess_shown", 2));
    });

    test("have a history that is paged by limit and offset", async () => {
      await say("sess_history", "one");
      await say("sess_history", "two");
      const whole = await call("GET", "/sess_history/history?limit=20&offset=0");
      expect(whole.status).toBe(200);
      expect(await whole.json()).toMatchObject({
        messages: [{ content: "one" }, { content: "You said: one" }, { content: "two" }, { content: "You said: two" }],
        total: 4,
        limit: 20,
        offset: 0,
      });
      const page = (await (await call("GET", "/sess_history/history?limit=1&offset=2")).json()) as { messages: object[] };
      expect(page.messages).toEqual([expect.objectContaining({ role: "user", content: "two" })]);
      // Message history is a permission of its own.
      expect((await call("GET", "/sess_history/history", readOnlyKey)).status).toBe(403);
    });

    test("are deleted one by one", async () => {
      await say("sess_deleted", "one");
      expect((await call("DELETE", "/sess_deleted", readOnlyKey)).status).toBe(403);
      expect((await call("DELETE", "/sess_deleted")).status).toBe(204);
      expect((await call("GET", "/sess_deleted")).status).toBe(404);
    });

    test("are deleted by workspace", async () => {
      await say("sess_bulk_1", "one", "admins");
      await say("sess_bulk_2", "two", "admins");
      await say("sess_spared", "three", "team");
      const deleted = await call("DELETE", "?workspace=admins");
      expect(deleted.status).toBe(200);
      expect(await deleted.json()).toEqual({ deleted: 2 });
      expect((await call("GET", "/sess_bulk_1")).status).toBe(404);
      expect((await call("GET", "/sess_spared")).status).toBe(200);
    });
  });
});
