import { describe, expect, test } from "vitest";
import { curl } from "../support/curl.ts";
import { describeOnBackends } from "../support/documented-gateway.ts";
import { lacksCurl } from "../support/programs.ts";
import { anInstant } from "../support/shapes.ts";
import { anywhereKey, appKey, readOnlyKey, workspacesFile } from "./settings-file.ts";

/** The document's bodies, to the letter. */
const newTeam = `{
"id": "new-team",
"label": "New Team",
"agent": "balanced",
"skills": ["web-search", "memory"]
}`;
const allowlistChange = `{
"add": ["telegram:123456789"],
"remove": ["telegram:987654321"]
}`;

describe("the workspaces document's workspaces", () => {
  describeOnBackends(workspacesFile, (gateway) => {
    const call = (method: string, path: string, { body, key = anywhereKey }: { body?: string; key?: string } = {}): Promise<Response> =>
      fetch(`${gateway.url}/api/v1${path}`, { method, headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" }, body: body ?? null });
    const workspace = { id: "new-team", label: "New Team", agent: "balanced", skills: ["web-search", "memory"], allowlist: [] as string[], createdAt: anInstant, updatedAt: anInstant };

    test("are created, listed, shown, changed and deleted", async () => {
      const created = await call("POST", "/workspaces", { body: newTeam });
      expect([created.status, created.headers.get("Location")]).toEqual([201, "/api/v1/workspaces/new-team"]);
      expect(await created.json()).toEqual(workspace);

      const { workspaces } = (await (await call("GET", "/workspaces")).json()) as { workspaces: { id: string }[] };
      expect(workspaces.map(({ id }) => id)).toEqual(["admins", "default", "new-team", "team"]);
      expect(workspaces[2]).toEqual(workspace);

      const changed = await call("PATCH", "/workspaces/new-team/allowlist", { body: allowlistChange });
      expect(changed.status).toBe(200);
      expect(await changed.json()).toEqual({ ...workspace, allowlist: ["telegram:123456789"] });
      expect(await (await call("GET", "/workspaces/new-team")).json()).toMatchObject({ allowlist: ["telegram:123456789"] });

      const say = (userId: string) => call("POST", "/messages", { body: JSON.stringify({ workspace: "new-team", userId, message: "Hello" }) });
      expect((await say("telegram:987654321")).status).toBe(403);

      expect((await call("DELETE", "/workspaces/new-team")).status).toBe(204);
      expect((await call("GET", "/workspaces/new-team")).status).toBe(404);
    });

    test.skipIf(lacksCurl)("by curl", async () => {
      const bearer = ["-H", `Authorization: Bearer ${anywhereKey}`];
      const url = `${gateway.url}/api/v1/workspaces`;
      const json = ["-H", "Content-Type: application/json"];
      expect((await curl("-X", "POST", url, ...bearer, ...json, "-d", newTeam.replace("new-team", "by-curl"))).status).toBe(201);
      expect((await curl(`${url}/by-curl`, ...bearer)).json()).toMatchObject({ agent: "balanced" });
      expect((await curl("-X", "PATCH", `${url}/by-curl/allowlist`, ...bearer, ...json, "-d", allowlistChange)).status).toBe(200);
      expect((await curl("-X", "DELETE", `${url}/by-curl`, ...bearer)).status).toBe(204);
    });

    test("keep a key to its own", async () => {
      expect(await (await call("GET", "/workspaces", { key: appKey })).json()).toMatchObject({ workspaces: [{ id: "admins" }, { id: "team" }] });
      expect((await call("POST", "/workspaces", { body: newTeam, key: appKey })).status).toBe(403);
      expect((await call("GET", "/workspaces/default", { key: appKey })).status).toBe(404);
      // `workspaces:read` is a permission of its own.
      expect((await call("GET", "/workspaces", { key: readOnlyKey })).status).toBe(403);
    });
  });
});
