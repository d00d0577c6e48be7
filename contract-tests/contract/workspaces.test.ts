import { describe, expect, test } from "vitest";
import { agentsToken, teamToken } from "../harness/gateway.ts";
import { errorOf } from "./error-of.ts";
import { freshId } from "./ids.ts";
import { describeTargets, useServer } from "./targets.ts";
import type { Target } from "./target.ts";

describeTargets((target) => {
  describe("POST and GET /api/v1/workspaces", () => {
    test("201: makes a workspace, and says where it is", async () => {
      const id = await freshWorkspace(target);
      const answer = await target.call("createWorkspace", { json: { id: freshId("space"), label: "New Team", agent: "main", skills: ["web-search", "memory"] } });
      expect(answer.headers.get("Location")).toMatch(/^\/api\/v1\//);
      expect(answer.json(201)).toMatchObject({ label: "New Team", agent: "main", skills: ["web-search", "memory"] });
      const listed = (await target.call("listWorkspaces", { query: { limit: 100 } })).json(200).workspaces.map((workspace) => workspace.id);
      // What a mock lists is its example.
      expect(listed).toContain(target.name === "mock" ? "new-team" : id);
      expect((await target.call("getWorkspace", { path: { workspaceId: id } })).json(200)).toMatchObject({ id });
    });

    test.each([
      ["no id", { label: "New" }],
      ["an id that cannot be", { id: "new team" }],
      ["a skill's name that cannot be", { id: "new", skills: ["web search"] }],
      ["an empty user", { id: "new", allowlist: [""] }],
      ["a member that there is not", { id: "new", name: "New" }],
    ])("400: %s", async (_name, json) => {
      (await target.call("createWorkspace", { json })).json(400);
    });

    test("400: an agent that there is not", async () => {
      (await target.call("createWorkspace", { json: { id: freshId("space"), agent: "balanced" }, mock: { status: 400 } })).json(400);
    });

    test("409: an id that is taken", async () => {
      const id = await freshWorkspace(target);
      (await target.call("createWorkspace", { json: { id }, mock: { status: 409 } })).json(409);
    });

    test("400: a page that cannot be", async () => {
      for (const limit of [0, 101, "x"]) (await target.call("listWorkspaces", { query: { limit } })).json(400);
      (await target.call("listWorkspaces", { query: { cursor: "not-a-cursor" }, mock: { status: 400 } })).json(400);
    });
  });

  describe("DELETE /api/v1/workspaces/{workspaceId}", () => {
    test("204: deletes one", async () => {
      const path = { workspaceId: await freshWorkspace(target) };
      const answer = await target.call("deleteWorkspace", { path });
      expect([answer.status, answer.text]).toEqual([204, ""]);
      (await target.call("getWorkspace", { path, mock: { status: 404 } })).json(404);
    });

    test("409: with sessions in it, unless it is told to", async () => {
      const workspace = await freshWorkspace(target);
      const path = { workspaceId: workspace };
      for (const message of ["One", "Two"]) await target.call("sendMessage", { json: { message, workspace } });
      (await target.call("deleteWorkspace", { path, mock: { status: 409 } })).json(409);
      expect((await target.call("deleteWorkspace", { path, query: { force: "true" } })).status).toBe(204);
    });

    test("409: not `default`, where requests live that name none", async () => {
      (await target.call("deleteWorkspace", { path: { workspaceId: "default" }, query: { force: "true" }, mock: { status: 409 } })).json(409);
    });

    test("400: a force that is neither true nor false", async () => {
      (await target.call("deleteWorkspace", { path: { workspaceId: "team" }, query: { force: "perhaps" } })).json(400);
    });
  });

  describe("PATCH /api/v1/workspaces/{workspaceId}/allowlist", () => {
    test("200: lets users in and shuts users out, the same once as twice", async () => {
      const path = { workspaceId: await freshWorkspace(target, { allowlist: ["telegram:987654321", "ada"] }) };
      const json = { add: ["telegram:123456789"], remove: ["telegram:987654321"] };
      const changed = (await target.call("updateWorkspaceAllowlist", { path, json })).json(200);
      expect(changed.allowlist).toContain("telegram:123456789");
      expect(changed.allowlist).not.toContain("telegram:987654321");
      expect((await target.call("updateWorkspaceAllowlist", { path, json })).json(200)).toEqual(changed);
    });

    test.each([
      ["nothing to do", {}],
      ["what is no list", { add: "ada" }],
      ["an empty user", { remove: [""] }],
      ["a member that there is not", { set: ["ada"] }],
    ])("400: %s", async (_name, json) => {
      (await target.call("updateWorkspaceAllowlist", { path: { workspaceId: "team" }, json })).json(400);
    });

    test("400: a user to be let in and shut out at once", async () => {
      (await target.call("updateWorkspaceAllowlist", { path: { workspaceId: "team" }, json: { add: ["ada"], remove: ["ada"] }, mock: { status: 400 } })).json(400);
    });
  });

  test("400 and 404: what is no id, and what is not there", async () => {
    for (const id of ["getWorkspace", "deleteWorkspace", "updateWorkspaceAllowlist"] as const) {
      const json = id === "updateWorkspaceAllowlist" ? { json: { add: ["ada"] } } : {};
      expect((await target.call(id, { path: { workspaceId: "no id" }, ...json })).status, id).toBe(400);
      expect((await target.call(id, { path: { workspaceId: "nowhere" }, ...json, mock: { status: 404 } })).status, id).toBe(404);
    }
  });
});

async function freshWorkspace(target: Target, more: object = {}): Promise<string> {
  return (await target.call("createWorkspace", { json: { id: freshId("space"), ...more } })).json(201).id;
}

describe("the server", () => {
  const server = useServer();

  test("a workspace is what it was given, and the list goes by pages in the order of the ids", async () => {
    const answer = await server.call("createWorkspace", { json: { id: "a-first" } });
    expect(answer.headers.get("Location")).toBe("/api/v1/workspaces/a-first");
    const made = answer.json(201);
    expect(made).toEqual({ id: "a-first", label: "a-first", agent: null, skills: [], allowlist: [], createdAt: expect.any(String), updatedAt: made.createdAt });
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const page = (await server.call("listWorkspaces", { query: { limit: 1, ...(cursor === undefined ? {} : { cursor }) } })).json(200);
      ids.push(...page.workspaces.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(ids).toEqual(["a-first", "default", "team"]);
  });

  test("a refusal says what is wrong and what can be done", async () => {
    const id = await freshWorkspace(server);
    const unknownAgent = (await server.call("createWorkspace", { json: { id: freshId("space"), agent: "balanced" } })).json(400);
    expect(unknownAgent.details).toMatchObject({ agents: ["main", "my-agent"], errors: [{ path: "/agent" }] });
    const taken = (await server.call("createWorkspace", { json: { id } })).json(409);
    expect(taken).toMatchObject({ error: "conflict", message: expect.stringContaining(`\`${id}\``) });
    const contradiction = (await server.call("updateWorkspaceAllowlist", { path: { workspaceId: id }, json: { add: ["ada", "ben"], remove: ["carl", "ben"] } })).json(400);
    expect(contradiction.details.errors).toEqual([{ path: "/remove/1", message: expect.stringContaining("ben") }]);
    for (const message of ["One", "Two"]) (await server.call("sendMessage", { json: { message, workspace: id } })).json(200);
    const inUse = (await server.call("deleteWorkspace", { path: { workspaceId: id } })).json(409);
    expect(inUse).toMatchObject({ error: "conflict", message: expect.stringMatching(/2 sessions.*force=true/), details: { sessions: 2 } });
  });

  test("the list takes 10,000 users and no more", async () => {
    const path = { workspaceId: await freshWorkspace(server, { allowlist: ["ada"] }) };
    const users = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `u${from + index}`);
    expect((await server.call("updateWorkspaceAllowlist", { path, json: { add: users(9999) } })).json(200).allowlist).toHaveLength(10_000);
    expect((await server.call("updateWorkspaceAllowlist", { path, json: { add: ["one-more"] } })).json(400)).toMatchObject({ details: { errors: [{ path: "/add" }] } });
    (await server.call("updateWorkspaceAllowlist", { path, json: { add: users(10_001) } })).json(400);
    (await server.call("updateWorkspaceAllowlist", { path, json: { add: ["one-more"], remove: ["ada"] } })).json(200);
  });

  test("twenty changes at once: none is lost", async () => {
    const path = { workspaceId: await freshWorkspace(server) };
    const users = Array.from({ length: 20 }, (_, index) => `user-${index}`);
    const answers = await Promise.all(users.map((user) => server.call("updateWorkspaceAllowlist", { path, json: { add: [user] } })));
    for (const [index, answer] of answers.entries()) expect(answer.json(200).allowlist).toContain(users[index]);
    expect(new Set((await server.call("getWorkspace", { path })).json(200).allowlist)).toEqual(new Set(users));
  });
});

describe("a key that is bound to workspaces", () => {
  const server = useServer();
  const token = teamToken;

  test("sees its own only", async () => {
    expect((await server.call("listWorkspaces", { token })).json(200).workspaces.map(({ id }) => id)).toEqual(["team"]);
    expect((await server.call("listWorkspaces", { token: agentsToken })).json(200).workspaces.map(({ id }) => id)).toEqual(["default", "team"]);
    (await server.call("getWorkspace", { path: { workspaceId: "team" }, token })).json(200);
    for (const workspaceId of ["default", "nowhere"]) {
      const answers = [
        await server.call("getWorkspace", { path: { workspaceId }, token }),
        await server.call("deleteWorkspace", { path: { workspaceId }, token }),
        await server.call("updateWorkspaceAllowlist", { path: { workspaceId }, json: { add: ["ada"] }, token }),
      ];
      for (const { status, text } of answers) expect([status, errorOf(JSON.parse(text)).message]).toEqual([404, `There is no workspace \`${workspaceId}\`.`]);
    }
  });

  test("403: makes none beside its own, and does not learn which are there", async () => {
    const [free, taken] = await Promise.all(["nowhere", "default"].map(async (id) => (await server.call("createWorkspace", { json: { id }, token })).json(403)));
    expect(free).toMatchObject({ error: "forbidden", details: { workspaces: ["team"] } });
    expect(taken?.message).toBe(free?.message.replace("nowhere", "default"));
    (await server.call("createWorkspace", { json: { id: "team" }, token })).json(409);
  });
});
