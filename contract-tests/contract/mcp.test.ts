import { describe, expect, test, vi } from "vitest";
import { everythingProgram, nodeServer } from "../../server/mcp/testing.ts";
import { describeTargets, useServer } from "./targets.ts";

describeTargets((target) => {
  describe("GET /api/v1/mcp", () => {
    test("200: lists the MCP servers of the settings", async () => {
      const { servers } = (await target.call("listMcpServers")).json(200);
      for (const { toolCount } of servers) expect(toolCount).toBeGreaterThanOrEqual(0);
    });

    test("400: refuses a page that cannot be", async () => {
      (await target.call("listMcpServers", { query: { limit: 0 } })).json(400);
      (await target.call("listMcpServers", { query: { cursor: "elsewhere" }, mock: { status: 400 } })).json(400);
    });
  });
});

describe("a gateway with MCP servers", () => {
  const server = useServer({
    settings: {
      mcp: {
        servers: {
          everything: { command: nodeServer(everythingProgram).command, args: [everythingProgram] },
          gone: { command: "no-such-program" },
          off: { url: "http://127.0.0.1:1/", enabled: false },
        },
      },
      agents: { default: "main", list: [{ id: "main", name: "Main", tools: ["everything__*"] }] },
      tools: { deny: ["everything__get-env"] },
    },
  });
  const connected = () => vi.waitFor(async () => expect((await server.call("listMcpServers")).json(200).servers[0]).toMatchObject({ state: "connected" }), { timeout: 10_000 });

  test("shows how each of them is", async () => {
    await connected();
    const { servers } = (await server.call("listMcpServers")).json(200);
    expect(servers).toMatchObject([
      { name: "everything", transport: "stdio", lastError: null },
      { name: "gone", state: expect.stringMatching(/^(dis)?connect/) as string, toolCount: 0, lastError: "the program `no-such-program` cannot be started (ENOENT)" },
      { name: "off", transport: "http", state: "disabled", toolCount: 0, lastError: null },
    ]);
    const page = (await server.call("listMcpServers", { query: { limit: 1 } })).json(200);
    expect((await server.call("listMcpServers", { query: { limit: 2, cursor: page.nextCursor ?? "" } })).json(200)).toEqual({ servers: servers.slice(1) });
  });

  test("a model calls their tools in a turn", async () => {
    await connected();
    const answer = (await server.call("chat", { json: { message: 'call everything__echo {"message":"from afar"}', conversationId: "mcp-turn" } })).json(200);
    expect("content" in answer && answer.content).toBe("The tool says: Echo: from afar");
  });

  test("an agent's tools are listed truthfully, and the policy holds for them", async () => {
    await connected();
    const { tools } = (await server.call("listAgentTools", { path: { agentId: "main" } })).json(200);
    expect(tools.find(({ name }) => name === "everything__echo")?.enabled).toBe(true);
    expect(tools.find(({ name }) => name === "everything__get-env")?.enabled).toBe(false);
  });

  test("403: a key that may not read tools does not see them", async () => {
    const { secret: token } = (await server.call("createKey", { json: { label: "chats only", permissions: ["messages:write"] } })).json(201);
    (await server.call("listMcpServers", { token })).json(403);
  });
});
