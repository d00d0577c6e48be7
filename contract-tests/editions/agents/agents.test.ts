import { describe, expect, test } from "vitest";
import { describeOnBackends } from "../support/documented-gateway.ts";
import { agentsFile, token } from "./settings-file.ts";

describe("the agents document's agents", () => {
  describeOnBackends(agentsFile, (gateway) => {
    const get = (path: string): Promise<Response> => fetch(`${gateway.url}/api/v1/agents${path}`, { headers: { Authorization: `Bearer ${token}` } });

    test("are listed", async () => {
      const list = await get("");
      expect(list.status).toBe(200);
      expect(await list.json()).toEqual({ agents: [expect.objectContaining({ id: "my-agent", name: "My agent", isDefault: true })] });
    });

    test("are shown", async () => {
      expect(await (await get("/my-agent")).json()).toMatchObject({ id: "my-agent", tools: ["calculate"] });
      expect((await get("/nobody")).status).toBe(404);
    });

    test("have tools", async () => {
      expect(await (await get("/my-agent/tools")).json()).toMatchObject({ tools: [{ name: "calculate", enabled: true, inputSchema: { type: "object" } }] });
    });
  });
});
