import { describe, expect, test } from "vitest";
import { describeOnBackends } from "../support/documented-gateway.ts";
import { agentsFile, token } from "./settings-file.ts";

describe("the agents document's Node client", () => {
  describeOnBackends(agentsFile, (gateway) => {
    test("chats with fetch", async () => {
      const answer = await fetch(`${gateway.url}/api/v1/chat`, {
        method: "POST",
        headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
        body: JSON.stringify({ agentId: "my-agent", message: "Look at this code" }),
      });
      const said = (await answer.json()) as { response: { content: string } };
      expect(said.response.content).toBe("You said: Look at this code");
    });
  });
});
