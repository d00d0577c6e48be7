import { describe, expect, test } from "vitest";
import { describeOnBackends } from "../support/documented-gateway.ts";
import { aString } from "../support/shapes.ts";
import { agentsFile, token } from "./settings-file.ts";

describe("the agents document's sessions", () => {
  describeOnBackends(agentsFile, (gateway) => {
    const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
    const call = (method: string, path: string): Promise<Response> => fetch(`${gateway.url}/api/v1/agents/my-agent/sessions${path}`, { method, headers });
    const say = async (sessionId: string, message: string): Promise<void> => {
      const body = JSON.stringify({ agentId: "my-agent", sessionId, message });
      expect((await fetch(`${gateway.url}/api/v1/chat`, { method: "POST", headers, body })).status).toBe(200);
    };

    test("are listed, and shown with their history", async () => {
      await say("session-listed", "one");
      await say("session-listed", "two");
      const list = (await (await call("GET", "")).json()) as { sessions: { id: string }[] };
      expect(list.sessions).toContainEqual(expect.objectContaining({ id: "session-listed", agentId: "my-agent", messageCount: 4 }));

      const detail = await call("GET", "/session-listed");
      expect(detail.status).toBe(200);
      expect(await detail.json()).toMatchObject({
        id: "session-listed",
        messages: [
          { role: "user", content: "one" },
          { role: "assistant", content: "You said: one", model: gateway.backend.answersAs },
          { role: "user", content: "two" },
          { role: "assistant", content: "You said: two" },
        ],
      });
    });

    test("are cleared: the session stays, its history goes", async () => {
      await say("session-cleared", "one");
      const cleared = await call("POST", "/session-cleared/clear");
      expect(cleared.status).toBe(200);
      expect(await cleared.json()).toMatchObject({ id: "session-cleared", messageCount: 0 });
      expect(await (await call("GET", "/session-cleared")).json()).toMatchObject({ messages: [] });
      await say("session-cleared", "again");
      expect(await (await call("GET", "/session-cleared")).json()).toMatchObject({ messageCount: 2 });
    });

    test("are deleted", async () => {
      await say("session-deleted", "one");
      expect((await call("DELETE", "/session-deleted")).status).toBe(204);
      for (const method of ["GET", "DELETE"]) {
        const gone = await call(method, "/session-deleted");
        expect(gone.status).toBe(404);
        expect(await gone.json()).toMatchObject({ error: "not_found", message: aString });
      }
    });
  });
});
