import { describe, expect, test } from "vitest";
import { curl } from "../support/curl.ts";
import { dataLines, textOf, typesOf } from "../support/data-lines.ts";
import { describeOnBackends } from "../support/documented-gateway.ts";
import { lacksCurl } from "../support/programs.ts";
import { aNumber, anId, containing } from "../support/shapes.ts";
import { agentsFile, otherToken, token } from "./settings-file.ts";

const bearer = ["-H", `Authorization: Bearer ${token}`, "-H", "Content-Type: application/json"];

describe("the agents document's curl commands", () => {
  describeOnBackends(agentsFile, (gateway) => {
    test.skipIf(lacksCurl)("a bare message with a bearer token is answered in this document's shape", async () => {
      const answer = await curl("-X", "POST", `${gateway.url}/api/v1/chat`, ...bearer, "-d", '{"message": "Hello"}');
      expect(answer.status).toBe(200);
      expect(answer.json()).toMatchObject({ status: "ok", response: { content: containing("You said: Hello") } });
    });

    test.skipIf(lacksCurl)("the whole request is answered with every documented member", async () => {
      const request = { agentId: "my-agent", sessionId: "session-001", message: "Sort these numbers for me", stream: false };
      const answer = await curl("-X", "POST", `${gateway.url}/api/v1/chat`, ...bearer, "-d", JSON.stringify(request));
      expect(answer.status).toBe(200);
      expect(answer.json()).toMatchObject({
        status: "ok",
        response: {
          content: "You said: Sort these numbers for me",
          messageId: anId("msg"),
          model: gateway.backend.answersAs,
          usage: { inputTokens: aNumber, outputTokens: aNumber },
        },
      });
    });

    test.skipIf(lacksCurl)("agents are listed with the key in the query", async () => {
      for (const key of [token, otherToken]) {
        const answer = await curl(`${gateway.url}/api/v1/agents?api_key=${key}`);
        expect(answer.status).toBe(200);
        expect(answer.json()).toMatchObject({ agents: [{ id: "my-agent" }] });
      }
    });

    test.skipIf(lacksCurl)("no key, and a wrong one, are refused in the header and in the query", async () => {
      for (const args of [[""], ["?api_key=sk-openclaw-nobody"], ["", "-H", "Authorization: Bearer sk-openclaw-nobody"]]) {
        const [query = "", ...headers] = args;
        const answer = await curl(`${gateway.url}/api/v1/agents${query}`, ...headers);
        expect(answer.status).toBe(401);
        expect(answer.json()).toMatchObject({ error: "unauthorized" });
      }
    });

    test.skipIf(lacksCurl)("-N streams start, text and end", async () => {
      const request = { agentId: "my-agent", message: "Explain sorting" };
      const answer = await curl("-N", "-X", "POST", `${gateway.url}/api/v1/chat/stream`, ...bearer, "-d", JSON.stringify(request));
      expect(answer.status).toBe(200);
      expect(answer.contentType).toMatch(/^text\/event-stream/);
      const events = dataLines(answer.body);
      expect(typesOf(events)).toEqual(["start", "text", "end"]);
      expect(events[0]).toMatchObject({ messageId: anId("msg") });
      expect(textOf(events, "text")).toBe("You said: Explain sorting");
      expect(events.at(-1)).toMatchObject({ usage: { inputTokens: aNumber, outputTokens: aNumber } });
    });

    test.skipIf(lacksCurl)("a tool that is used shows in the stream", async () => {
      const request = { agentId: "my-agent", message: "calculate 2+2" };
      const events = dataLines((await curl("-N", "-X", "POST", `${gateway.url}/api/v1/chat/stream`, ...bearer, "-d", JSON.stringify(request))).body);
      expect(typesOf(events)).toEqual(["start", "tool_use", "tool_result", "text", "end"]);
      expect(events).toContainEqual(expect.objectContaining({ type: "tool_use", name: "calculate", input: { expression: "2+2" } }));
      expect(events).toContainEqual(expect.objectContaining({ type: "tool_result", output: containing("4") }));
      expect(textOf(events, "text")).toContain("4");
    });

    test.skipIf(lacksCurl)("health is answered with a key", async () => {
      const answer = await curl(`${gateway.url}/api/v1/health`, "-H", `Authorization: Bearer ${token}`);
      expect(answer.status).toBe(200);
      expect(answer.json()).toMatchObject({ status: "ok" });
    });
  });
});
