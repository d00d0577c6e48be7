import { describe, expect, test } from "vitest";
import { textOf, typesOf, type DataEvent } from "../support/data-lines.ts";
import { describeOnBackends } from "../support/documented-gateway.ts";
import { lacksPython } from "../support/programs.ts";
import { python } from "../support/python.ts";
import { aNumber, anId, aString } from "../support/shapes.ts";
import { appToken, conversationsFile, crmToken } from "./settings-file.ts";

describe("the conversations document's Python client", () => {
  describeOnBackends(conversationsFile, (gateway) => {
    const run = (tried: string, token = appToken) => python(new URL("client.py", import.meta.url), gateway.url, token, tried);

    test.skipIf(lacksPython)("chats, and goes on with the conversation it was given", async () => {
      const [first, second] = (await run("chat")) as { conversationId: string }[];
      expect(first).toMatchObject({ id: anId("msg"), conversationId: anId("conv"), role: "assistant", content: "You said: How is the weather?", model: gateway.backend.answersAs });
      expect(second).toMatchObject({ conversationId: first?.conversationId, content: "You said: And tomorrow?" });
    });

    test.skipIf(lacksPython)("reads a stream line by line", async () => {
      const events = (await run("stream")) as DataEvent[];
      expect(typesOf(events)).toEqual(["start", "delta", "done"]);
      expect(textOf(events, "delta")).toBe("You said: Tell me a story");
    });

    test.skipIf(lacksPython)("asks for health", async () => {
      expect(await run("health", "")).toEqual([{ status: "ok", version: aString, uptime: aNumber }]);
    });

    test.skipIf(lacksPython)("classifies feedback for a CRM, whose token may only chat and send", async () => {
      expect(await run("crm", crmToken)).toEqual(["You said: Classify this feedback as JSON:\n\nIt broke after two days!"]);
    });

    test.skipIf(lacksPython)("drafts a reply to a ticket", async () => {
      const reply = "You said: Title: No sound\nDescription: Since the update\nPriority: high\n\nPlease draft a reply.";
      expect(await run("ticket", crmToken)).toEqual([{ reply, model: gateway.backend.answersAs, needs_review: true }]);
    });

    test.skipIf(lacksPython)("retries on 429 only: success and other failures come through at once", async () => {
      expect(await run("retry")).toEqual(["You said: Try me"]);
      expect(await run("retry", "oc_tok_nobody")).toEqual([{ status: 401 }]);
    });
  });
});
