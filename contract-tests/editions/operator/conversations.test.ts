import { describe, expect, test } from "vitest";
import { describeOnBackends } from "../support/documented-gateway.ts";
import { operatorFile, token } from "./settings-file.ts";

describe("the operator document's conversations", () => {
  describeOnBackends(operatorFile, (gateway) => {
    const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
    const call = (method: string, path = ""): Promise<Response> => fetch(`${gateway.url}/api/v1/conversations${path}`, { method, headers });
    const start = async (message: string): Promise<string> => {
      const answer = await fetch(`${gateway.url}/api/v1/message`, { method: "POST", headers, body: JSON.stringify({ channel: "telegram", message }) });
      return ((await answer.json()) as { conversation_id: string }).conversation_id;
    };

    test("are listed and shown", async () => {
      const id = await start("one");
      const { conversations } = (await (await call("GET")).json()) as { conversations: object[] };
      expect(conversations).toContainEqual(expect.objectContaining({ id, channel: "telegram", messageCount: 2 }));
      expect(await (await call("GET", `/${id}`)).json()).toMatchObject({ id, messages: [{ content: "one" }, { content: "You said: one" }] });
    });

    test("are deleted", async () => {
      const id = await start("one");
      expect((await call("DELETE", `/${id}`)).status).toBe(204);
      expect((await call("GET", `/${id}`)).status).toBe(404);
    });
  });
});
