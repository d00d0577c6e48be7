import { expect, test } from "vitest";
import { createAgents, type AgentSettings } from "./service.ts";

const agent = (id: string): AgentSettings => ({ id, name: id, description: "", model: null, systemPrompt: "", tools: [], denyTools: [], skills: [], maxSteps: 1, summarize: false });

test("agents are exchanged all at once", () => {
  const agents = createAgents({ default: "one", list: [agent("one"), agent("two")] });
  const before = agents.default;
  agents.use({ default: "three", list: [agent("two"), agent("three")] });
  expect([agents.default.id, agents.list().map(({ id }) => id), agents.find("one")]).toEqual(["three", ["two", "three"], undefined]);
  expect(() => agents.named("one", "/agentId")).toThrow("The agents are two, three.");
  // Whoever holds one goes on with it.
  expect(before.id).toBe("one");
});
