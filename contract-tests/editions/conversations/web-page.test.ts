import { describe, expect, test } from "vitest";
import { documentedModel } from "../support/backends.ts";
import { describeOnBackends } from "../support/documented-gateway.ts";
import { anId } from "../support/shapes.ts";
import { appToken, conversationsFile } from "./settings-file.ts";

describe("the conversations document's web page", () => {
  describeOnBackends(conversationsFile, (gateway) => {
    test("begins with a null conversation and goes on with the one it is given", async () => {
      let conversationId: string | null = null;
      const shown: string[] = [];
      const send = async (message: string): Promise<void> => {
        shown.push(`user: ${message}`);
        const answer = await fetch(`${gateway.url}/api/v1/chat`, {
          method: "POST",
          headers: { Authorization: `Bearer ${appToken}`, "Content-Type": "application/json" },
          body: JSON.stringify({ message, conversationId, model: documentedModel }),
        });
        const data = (await answer.json()) as { conversationId: string; content: string };
        conversationId = data.conversationId;
        shown.push(`assistant: ${data.content}`);
      };

      await send("First");
      const begun = conversationId;
      expect(begun).toEqual(anId("conv"));
      await send("Second");
      expect(conversationId).toBe(begun);
      expect(shown).toEqual(["user: First", "assistant: You said: First", "user: Second", "assistant: You said: Second"]);

      const detail = await fetch(`${gateway.url}/api/v1/conversations/${conversationId}`, { headers: { Authorization: `Bearer ${appToken}` } });
      expect(await detail.json()).toMatchObject({ messageCount: 4 });
    });
  });
});
