import { describe, expect, test } from "vitest";
import { documentedModel, sentUpstream } from "../support/backends.ts";
import { curl } from "../support/curl.ts";
import { dataLines, textOf, typesOf } from "../support/data-lines.ts";
import { describeOnBackends } from "../support/documented-gateway.ts";
import { lacksCurl } from "../support/programs.ts";
import { aNumber, anId, aString } from "../support/shapes.ts";
import { appToken, conversationsFile, crmToken } from "./settings-file.ts";

const bearer = ["-H", `Authorization: Bearer ${appToken}`];
const json = ["-H", "Content-Type: application/json"];

describe("the conversations document's curl commands", () => {
  describeOnBackends(conversationsFile, (gateway, kind) => {
    const chat = (body: object, ...more: string[]) => curl("-X", "POST", `${gateway.url}/api/v1/chat`, ...bearer, ...json, ...more, "-d", JSON.stringify(body));

    test.skipIf(lacksCurl)("a chat with every documented parameter is answered with every documented member", async () => {
      const answer = await chat({
        message: "Write some code",
        conversationId: "conv_123",
        model: documentedModel,
        systemPrompt: "You help with programs",
        maxTokens: 2000,
        temperature: 0.7,
      });
      expect(answer.status).toBe(200);
      expect(answer.json()).toEqual({
        id: anId("msg"),
        conversationId: "conv_123",
        role: "assistant",
        content: "You said: Write some code",
        model: gateway.backend.answersAs,
        usage: { inputTokens: aNumber, outputTokens: aNumber },
        latency: aNumber,
      });
    });

    if (kind !== "embedded") test.skipIf(lacksCurl)("the parameters reach the provider", async () => {
      await chat({ message: "Parameters please", model: documentedModel, systemPrompt: "You are brief", maxTokens: 2000, temperature: 0.7 });
      const body = sentUpstream(gateway.backend, "Parameters please");
      expect(body).toMatchObject({ model: documentedModel, temperature: 0.7, max_tokens: 2000 });
      expect(JSON.stringify(body)).toContain("You are brief");
    });

    test.skipIf(lacksCurl)("a bare message is answered in this document's shape, and with -v as well", async () => {
      const answer = await chat({ message: "test" }, "-v");
      expect(answer.json()).toMatchObject({ id: anId("msg"), conversationId: anId("conv"), role: "assistant", content: "You said: test" });
    });

    test.skipIf(lacksCurl)("a stream brings start, delta and done", async () => {
      const request = { message: "Write an essay", model: documentedModel };
      const answer = await curl("-X", "POST", `${gateway.url}/api/v1/chat/stream`, ...bearer, ...json, "-H", "Accept: text/event-stream", "-d", JSON.stringify(request));
      expect(answer.status).toBe(200);
      expect(answer.contentType).toMatch(/^text\/event-stream/);
      const events = dataLines(answer.body);
      expect(typesOf(events)).toEqual(["start", "delta", "done"]);
      expect(events[0]).toMatchObject({ conversationId: anId("conv") });
      expect(textOf(events, "delta")).toBe("You said: Write an essay");
      expect(events.at(-1)).toMatchObject({ usage: { inputTokens: aNumber, outputTokens: aNumber } });
    });

    test.skipIf(lacksCurl)("models are listed", async () => {
      const answer = await curl("-H", `Authorization: Bearer ${appToken}`, `${gateway.url}/api/v1/models`);
      expect(answer.status).toBe(200);
      const id = kind === "embedded" ? "embedded/echo-1" : `fake/${documentedModel}`;
      expect(answer.json()).toMatchObject({ models: [{ id }] });
    });

    test.skipIf(lacksCurl)("health is open, its detail wants a token", async () => {
      const health = await curl("-s", `${gateway.url}/health`);
      expect(health.json()).toMatchObject({ status: "ok", version: aString, uptime: aNumber });
      expect((await curl(`${gateway.url}/health/detail`)).status).toBe(401);
      const detail = await curl(`${gateway.url}/health/detail`, ...bearer);
      expect(detail.status).toBe(200);
      expect(detail.json()).toMatchObject({ status: "ok", channels: {} });
    });

    if (kind !== "embedded") test.skipIf(lacksCurl)("a model that no provider has is refused, with those there are", async () => {
      const answer = await chat({ message: "Hi", model: "no-such-model" });
      expect(answer.status).toBe(404);
      expect(answer.json()).toMatchObject({ error: "not_found", details: { models: [`fake/${documentedModel}`] } });
    });

    test.skipIf(lacksCurl)("scopes hold: who may chat may not read conversations", async () => {
      const headers = ["-H", `Authorization: Bearer ${crmToken}`, ...json];
      const said = await curl("-X", "POST", `${gateway.url}/api/v1/chat`, ...headers, "-d", '{"message":"Hi there"}');
      expect(said.status).toBe(200);
      const refused = await curl(`${gateway.url}/api/v1/conversations`, ...headers);
      expect(refused.status).toBe(403);
      expect(refused.json()).toMatchObject({ error: "forbidden" });
    });
  });
});
