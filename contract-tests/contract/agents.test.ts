import { describe, expect, test } from "vitest";
import { describeTargets, useServer } from "./targets.ts";

describeTargets((target) => {
  describe("GET /api/v1/agents", () => {
    test("200: lists the agents of the settings", async () => {
      const { agents } = (await target.call("listAgents")).json(200);
      expect(agents.map(({ id }) => id)).toContain("my-agent");
      expect(agents.filter(({ isDefault }) => isDefault)).toHaveLength(1);
    });

    test("400: refuses a page that cannot be", async () => {
      for (const query of [{ limit: 0 }, { limit: 101 }, { limit: "many" }]) (await target.call("listAgents", { query })).json(400);
    });
  });

  describe("GET /api/v1/agents/{agentId}", () => {
    test("200: answers one agent", async () => {
      expect((await target.call("getAgent", { path: { agentId: "my-agent" } })).json(200)).toMatchObject({ id: "my-agent", name: "My agent" });
    });

    test("400: refuses what is no id", async () => {
      (await target.call("getAgent", { path: { agentId: "no id" } })).json(400);
    });

    test("404: does not know an agent that is not there", async () => {
      expect((await target.call("getAgent", { path: { agentId: "nobody" }, mock: { status: 404 } })).json(404).error).toBe("not_found");
    });
  });

  describe("GET /api/v1/agents/{agentId}/tools", () => {
    test("200: lists what the agent may call", async () => {
      const { tools } = (await target.call("listAgentTools", { path: { agentId: "my-agent" } })).json(200);
      expect(tools.map(({ inputSchema }) => inputSchema["type"])).toContain("object");
    });

    test("400 and 404", async () => {
      (await target.call("listAgentTools", { path: { agentId: "no id" } })).json(400);
      (await target.call("listAgentTools", { path: { agentId: "nobody" }, mock: { status: 404 } })).json(404);
    });
  });
});

describe("the server", () => {
  const server = useServer({ settings: { tools: { deny: ["read"] } } });

  test("shows its agents in the order of the settings, by pages", async () => {
    const { agents, nextCursor } = (await server.call("listAgents", { query: { limit: 1 } })).json(200);
    expect(agents.map(({ id, isDefault }) => [id, isDefault])).toEqual([["main", true]]);
    const second = (await server.call("listAgents", { query: { limit: 1, cursor: nextCursor ?? "" } })).json(200);
    expect(second.agents.map(({ id }) => id)).toEqual(["my-agent"]);
    expect(second.nextCursor).toBeUndefined();
    const refused = (await server.call("listAgents", { query: { cursor: "elsewhere" } })).json(400);
    expect(refused.details.errors?.map(({ path }) => path)).toEqual(["/query/cursor"]);
  });

  test("shows an agent's own tools, and which of them the gateway's policy lets it call", async () => {
    const toolsOf = async (agentId: string) => (await server.call("listAgentTools", { path: { agentId } })).json(200).tools.map(({ name, enabled }) => [name, enabled]);
    expect(await toolsOf("my-agent")).toEqual([["calculate", true]]);
    expect(await toolsOf("main")).toEqual([["calculate", true], ["read", false]]);
  });

  test("offers a turn's model the tools of its agent that are allowed, and no other", async () => {
    server.upstream.reset();
    (await server.call("chat", { json: { agentId: "main", message: "Hello" } })).json(200);
    const offered = server.upstream.requests.map(({ body }) => (body as { tools: { function: { name: string } }[] }).tools.map((tool) => tool.function.name));
    expect(offered).toEqual([["calculate"]]);
  });
});
