import { describe, expect, test } from "vitest";
import { documentedModel } from "../support/backends.ts";
import { describeOnBackends } from "../support/documented-gateway.ts";
import { anInstant } from "../support/shapes.ts";
import { appToken, conversationsFile } from "./settings-file.ts";

describe("the conversations document's conversations", () => {
  describeOnBackends(conversationsFile, (gateway) => {
    const headers = { Authorization: `Bearer ${appToken}`, "Content-Type": "application/json" };
    const call = (method: string, path = ""): Promise<Response> => fetch(`${gateway.url}/api/v1/conversations${path}`, { method, headers });
    const say = (conversationId: string, message: string): Promise<Response> =>
      fetch(`${gateway.url}/api/v1/chat`, { method: "POST", headers, body: JSON.stringify({ message, conversationId, model: documentedModel }) });

    test("are listed and shown", async () => {
      await say("conv_shown", "one");
      const list = (await (await call("GET")).json()) as { conversations: object[] };
      expect(list.conversations).toContainEqual(expect.objectContaining({ id: "conv_shown", title: "one", messageCount: 2, createdAt: anInstant }));
      expect(await (await call("GET", "/conv_shown")).json()).toMatchObject({
        id: "conv_shown",
        messages: [
          { role: "user", content: "one", createdAt: anInstant },
          { role: "assistant", content: "You said: one", model: gateway.backend.answersAs },
        ],
      });
    });

    test("are deleted", async () => {
      await say("conv_deleted", "one");
      expect((await call("DELETE", "/conv_deleted")).status).toBe(204);
      expect((await call("GET", "/conv_deleted")).status).toBe(404);
      expect((await call("DELETE", "/conv_deleted")).status).toBe(404);
    });
  });
});
