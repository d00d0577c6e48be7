import { expect, test, describe } from "vitest";
import { describeOnBackends } from "../support/documented-gateway.ts";
import { operatorFile, token } from "./settings-file.ts";

describe("the operator document's memory", () => {
  describeOnBackends(operatorFile, (gateway) => {
    const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
    const call = async (method: string, path: string, json?: object) => {
      const answer = await fetch(`${gateway.url}/api/v1/memory${path}`, { method, headers, ...(json && { body: JSON.stringify(json) }) });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    };

    test("is empty at first, counted, searched and pruned", async () => {
      expect(await call("GET", "/stats")).toEqual({ status: 200, body: { entries: 0, bytes: 0, by_workspace: [], oldest: null, newest: null } });
      await call("POST", "", { text: "Deployments happen on Tuesdays." });
      expect(await call("GET", "/stats")).toMatchObject({ status: 200, body: { entries: 1, by_workspace: [{ workspace: "default", entries: 1 }] } });
      const { body } = await call("POST", "/search", { query: "deployment" });
      expect(body).toMatchObject({ results: [{ text: "Deployments happen on Tuesdays.", snippet: "**Deployments** happen on Tuesdays." }] });
      expect((await call("DELETE", "/prune")).status).toBe(400);
      expect(await call("DELETE", "/prune?older_than_days=30")).toEqual({ status: 200, body: { deleted: 0, dry_run: false } });
      expect(await call("DELETE", "/prune?keep=0&dry_run=true")).toEqual({ status: 200, body: { deleted: 1, dry_run: true } });
      expect(await call("DELETE", "/prune?keep=0")).toEqual({ status: 200, body: { deleted: 1, dry_run: false } });
      expect(await call("POST", "/search", { query: "deployment" })).toEqual({ status: 200, body: { results: [] } });
    });
  });
});
