import { expect, test } from "vitest";
import { answerFaults } from "./answer-faults.ts";

test("what came is shown where it is wrong, and what a member is missing from", () => {
  const good = { id: "a", name: "A", description: "", model: null, tools: [], denyTools: [], skills: [], maxSteps: 1, isDefault: true };
  const { name: _, ...nameless } = good;
  const body = { agents: [good, { ...good, maxSteps: "1" }, nameless] };
  const faults = answerFaults({
    operationId: "listAgents",
    sent: { method: "GET", url: "http://127.0.0.1/api/v1/agents", headers: {} },
    status: 200,
    headers: new Headers({ "Content-Type": "application/json" }),
    mediaType: "application/json",
    text: JSON.stringify(body),
  });
  const shown = faults.filter(({ rule }) => rule === "schema").map(({ expected, got }) => `${expected}: ${got}`);
  expect(shown).toContain("/agents/1/maxSteps must be integer: \"1\"");
  expect(shown).toContain(`/agents/2/name is required: ${JSON.stringify(nameless)}`);
});
