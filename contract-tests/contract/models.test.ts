import { describe, expect, test } from "vitest";
import { describeTargets, useServer } from "./targets.ts";

describeTargets((target) => {
  describe("GET /api/v1/models", () => {
    test("200: lists the models of the providers", async () => {
      const { models } = (await target.call("listModels")).json(200);
      expect(models.filter(({ isDefault }) => isDefault)).toHaveLength(1);
    });

    test("400: refuses a page that cannot be", async () => {
      (await target.call("listModels", { query: { limit: 0 } })).json(400);
      (await target.call("listModels", { query: { cursor: "elsewhere" }, mock: { status: 400 } })).json(400);
    });
  });
});

describe("the server with a provider", () => {
  const server = useServer({ provider: { models: [{ id: "gpt-5-mini", contextWindow: 400_000, price: { input: 0.25, output: 2 } }] } });

  test("joins what the settings say of a model with what the provider lists, by pages", async () => {
    const first = (await server.call("listModels", { query: { limit: 1 } })).json(200);
    expect(first.models).toEqual([{ id: "openai/gpt-5-mini", provider: "openai", contextWindow: 400_000, price: { input: 0.25, output: 2 }, isDefault: true }]);
    const second = (await server.call("listModels", { query: { limit: 1, cursor: first.nextCursor ?? "" } })).json(200);
    expect(second).toEqual({ models: [{ id: "openai/gpt-5", provider: "openai", isDefault: false }] });
  });

  test("404: a turn with an unknown model is told the known ones, and stores nothing", async () => {
    const conversationId = "unknown-model";
    const refused = (await server.call("chat", { json: { message: "Hello", conversationId, model: "nobodys-model" } })).json(404);
    expect(refused).toMatchObject({ error: "not_found", details: { models: ["openai/gpt-5-mini", "openai/gpt-5"] } });
    (await server.call("getConversation", { path: { id: conversationId } })).json(404);
  });
});

describe("the server without a provider", () => {
  const server = useServer({ settings: { models: {} } });

  test("has the embedded model, which answers to every name and says what it is", async () => {
    expect((await server.call("listModels")).json(200).models).toEqual([{ id: "embedded/echo-1", provider: "embedded", isDefault: true }]);
    const answer = await server.call("chat", { json: { message: "Good day", model: "claude-sonnet-4-20250514" } });
    expect(answer.json(200)).toMatchObject({ model: "embedded/echo-1" });
  });
});
